// swift-tools-version: 6.0
import Foundation
import PackageDescription

/// Warnings are errors in CI (`CKA_STRICT=1`); a newer compiler's new warning must not stop a
/// user's build.
let strict = ProcessInfo.processInfo.environment["CKA_STRICT"] == "1"
let settings: [SwiftSetting] = strict ? [.unsafeFlags(["-warnings-as-errors"])] : []

/// A Debian library that `pkg-config` finds.
func system(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "cka",
  products: [.executable(name: "cka", targets: ["cka"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    system("CNcurses", pkgConfig: "ncursesw", apt: "libncurses-dev"),
    system("CZip", pkgConfig: "libzip", apt: "libzip-dev"),
    system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    system("CHDF5", pkgConfig: "hdf5", apt: "libhdf5-dev"),
    system("CCairo", pkgConfig: "cairo", apt: "libcairo2-dev"),
    .systemLibrary(name: "CWidth"),
    .target(name: "CSignals"),
    .target(name: "CGram"),
    .target(name: "COpenBLAS"),

    module("Core", []),
    module("Similarity", ["Core", "CGram", "COpenBLAS"]),
    module("Cells", ["CWidth"]),
    module(
      "Formats",
      [
        "Core", "Similarity", "CSignals", "CZip", "CZlib", "CHDF5",
        .product(name: "Yams", package: "Yams"),
      ]),
    module("Jobs", ["Core", "CSignals"]),
    // Python that runs models, and the Swift that finds, starts and understands it.
    .target(
      name: "TorchBackend", dependencies: ["Core", "Similarity", "Formats"],
      resources: [.copy("Python")],
      swiftSettings: settings),
    module("Figure", ["Core", "Cells", "CCairo"]),
    module("Explorer", ["Core", "Similarity", "Cells"]),
    module("Terminal", ["Cells", "CNcurses", "CSignals"]),
    .executableTarget(
      name: "cka",
      dependencies: [
        "CSignals", "Core", "Similarity", "Cells", "Formats", "Jobs", "TorchBackend", "Figure",
        "Explorer",
        "Terminal",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: settings),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
    tests("CoreTests", ["Core", "TestSupport"]),
    tests("CellsTests", ["Cells"]),
    // The program itself reads HDF5 in a process of its own, so the tests need it built.
    tests("FormatsTests", ["Formats", "Core", "Similarity", "cka"]),
    tests(
      "SimilarityTests",
      ["Similarity", "Core", "CGram", "COpenBLAS", "Formats", "TestSupport"]),
    // Jobs are processes: the tests need a program to start, and to kill.
    .executableTarget(
      name: "JobProbe", dependencies: ["Jobs"], path: "Tests/JobProbe", swiftSettings: settings),
    tests("JobsTests", ["Jobs", "JobProbe"]),
    tests("FigureTests", ["Figure", "Core", "Cells", "CCairo"]),
    tests("ExplorerTests", ["Explorer", "Core", "Similarity", "Cells", "TestSupport"]),
    tests("TerminalTests", ["Terminal", "Cells", "TestSupport"]),
    tests("CommandTests", ["cka", "Explorer", "Cells", "Formats", "Jobs", "TestSupport"]),
    .testTarget(
      name: "TorchBackendTests", dependencies: ["TorchBackend", "TestSupport"],
      exclude: ["Python"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
