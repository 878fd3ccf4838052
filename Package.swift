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
  products: [
    .executable(name: "cka", targets: ["cka"]),
    .executable(name: "cka-bench", targets: ["cka-bench"]),
    // The Gram kernel for the Python that runs models, which loads it by itself.
    .library(name: "ckagram", type: .dynamic, targets: ["CGram"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    system("CNcurses", pkgConfig: "ncursesw", apt: "libncurses-dev"),
    system("CZip", pkgConfig: "libzip", apt: "libzip-dev"),
    system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    system("CXXHash", pkgConfig: "libxxhash", apt: "libxxhash-dev"),
    system("CHDF5", pkgConfig: "hdf5", apt: "libhdf5-dev"),
    system("CCairo", pkgConfig: "cairo", apt: "libcairo2-dev"),
    .systemLibrary(name: "CWidth"),
    .target(name: "CSignals"),
    // In debug builds too: the tests' matrices take most of their time.
    .target(
      name: "CGram", cSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("m")]),
    .target(name: "COpenBLAS"),

    module("System", ["CSignals"]),
    module("Core", []),
    module("Similarity", ["Core", "CGram", "COpenBLAS"]),
    module(
      "Recipe", ["Core", "Similarity", .product(name: "Yams", package: "Yams")]),
    module("Cells", ["CWidth"]),
    module(
      "Formats",
      [
        "System", "Core", "Similarity", "Recipe", "CSignals", "CXXHash", "CZip", "CZlib", "CHDF5",
        .product(name: "Yams", package: "Yams"),
      ]),
    // Python that runs models, and the Swift that finds, starts and understands it.
    .target(
      name: "TorchBackend", dependencies: ["Core", "Recipe", "Formats"],
      resources: [.copy("Python")], swiftSettings: settings),
    module(
      "Runs", ["System", "Core", "Similarity", "Recipe", "Formats", "TorchBackend"]),
    module("Figure", ["Core", "Cells", "CCairo"]),
    module("Explorer", ["Core", "Similarity", "Recipe", "Cells"]),
    module("Terminal", ["System", "Cells", "CNcurses", "CSignals"]),
    .executableTarget(
      name: "cka",
      dependencies: [
        "System", "Core", "Similarity", "Recipe", "Cells", "Formats", "Runs", "TorchBackend",
        "Figure", "Explorer", "Terminal",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: settings),
    // Measurements, outside the product: they start cka as its users do.
    .executableTarget(
      name: "cka-bench",
      dependencies: [
        "System", "Core", "Similarity", "Cells", "Formats", "Runs",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
    tests("SystemTests", ["System"]),
    tests("CoreTests", ["Core", "TestSupport"]),
    tests("RecipeTests", ["Recipe"]),
    tests("CellsTests", ["Cells"]),
    // What a process can still do that reads HDF5 can only be tried in one.
    .executableTarget(
      name: "ReaderProbe", dependencies: ["CSignals"], path: "Tests/ReaderProbe",
      swiftSettings: settings),
    // The program itself reads HDF5 in a process of its own, so the tests need it built.
    tests(
      "FormatsTests",
      ["Formats", "Core", "Similarity", "Recipe", "TestSupport", "cka", "ReaderProbe"]),
    // Damaged files for every reader, for as long as one likes: swift run cka-fuzz --seconds 60
    .executableTarget(
      name: "cka-fuzz",
      dependencies: [
        "Formats", "Core", "Similarity", "Recipe", "CZlib",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/Fuzz", swiftSettings: settings),
    tests(
      "SimilarityTests",
      ["Similarity", "Core", "CGram", "COpenBLAS", "Formats", "TestSupport"]),
    // Jobs are processes: the tests need a program to start, and to kill.
    .executableTarget(
      name: "JobProbe", dependencies: ["Runs"], path: "Tests/JobProbe", swiftSettings: settings),
    tests("JobsTests", ["Runs", "Formats", "Similarity", "System", "JobProbe"]),
    tests("FigureTests", ["Figure", "Core", "Cells", "CCairo"]),
    tests("ExplorerTests", ["Explorer", "Core", "Recipe", "Similarity", "Cells", "TestSupport"]),
    tests("TerminalTests", ["Terminal", "Cells", "TestSupport"]),
    tests(
      "CommandTests",
      [
        "cka", "Explorer", "Recipe", "Similarity", "Cells", "Formats", "Runs", "TorchBackend",
        "System", "TestSupport",
      ]),
    tests(
      "BenchTests",
      ["cka-bench", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    .testTarget(
      name: "TorchBackendTests", dependencies: ["TorchBackend", "Formats", "TestSupport"],
      exclude: ["Python"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
