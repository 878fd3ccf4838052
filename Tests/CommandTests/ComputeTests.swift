import Foundation
import TestSupport
import Testing

/// `cka compute` from files to a bundle, against values that other programs computed.
@Suite struct ComputeTests {
  private let place: Place

  init() throws { place = try Place() }

  private static let references: [(golden: String, options: [String])] = [
    ("unbiased_minibatch", []),
    ("unbiased_full", ["--batch-size", "all"]),
    ("biased_full", ["--batch-size", "all", "--estimator", "biased"]),
    (
      "rbf_all_t0.5_biased_full",
      ["--batch-size", "all", "--estimator", "biased", "--kernel", "rbf:0.5:all"]
    ),
    (
      "rbf_all_t1.0_biased_full",
      ["--batch-size", "all", "--estimator", "biased", "--kernel", "rbf:1:all"]
    ),
    (
      "rbf_offdiag_t1.0_biased_full",
      ["--batch-size", "all", "--estimator", "biased", "--kernel", "rbf:1"]
    ),
  ]

  @Test(
    "Golden values", arguments: [GoldenSet.tiny, .small],
    [("float64", 1e-9), ("float32", 1e-5)])
  func goldenValuesAreMet(_ set: GoldenSet, _ precision: (name: String, tolerance: Double)) throws {
    for (golden, options) in Self.references {
      let size = options.contains("--batch-size") ? [] : ["--batch-size", "\(set.batchSize)"]
      let outcome = try place.compute(
        [set.activations, "--precision", precision.name] + options + size)
      #expect(outcome.status == 0, "\(outcome.complaints)")
      let values = try place.bundle().grid(of: set)
      let difference = try values.worstDifference(to: set.values(golden))
      #expect(difference <= precision.tolerance, "\(golden): \(difference)")
    }
  }

  @Test("Containers", arguments: ["npz", "pt", "h5", "safetensors"])
  func everyContainerGivesTheSame(_ container: String) throws {
    let path = GoldenSet.tiny.file("activations.\(container)")
    #expect(try place.compute([path, "--batch-size", "16"]).status == 0)
    let values = try place.bundle().grid(of: .tiny)
    #expect(try values.worstDifference(to: GoldenSet.tiny.values("unbiased_minibatch")) <= 1e-5)
  }

  @Test func whatIsSaidAtTheEnd() throws {
    let outcome = try place.compute([GoldenSet.tiny.activations, "--batch-size", "16"])
    #expect(
      outcome.complaints
        == "cka: wrote 3 comparisons of 6 layers over 3 minibatches, 48 samples, to "
        + "out.cka.safetensors\n"
        + "cka: warning: intervals are rough: they come from 3 minibatches of full size, and 8 are "
        + "the fewest to rely on\n")
    #expect(outcome.output.isEmpty)
    #expect(place.names == ["out.cka.safetensors"])
    let silent = try place.compute([GoldenSet.tiny.activations, "--quiet"])
    #expect(silent.complaints.isEmpty)
  }

  @Test func theNumberOfThreadsChangesNoBit() throws {
    let path = GoldenSet.small.activations
    #expect(try place.compute([path, "--threads", "1"], to: "one.cka.safetensors").status == 0)
    #expect(try place.compute([path, "--threads", "3"], to: "two.cka.safetensors").status == 0)
    #expect(
      try place.bundle("one.cka.safetensors").data == place.bundle("two.cka.safetensors").data)
  }

  @Test func aRecipeSaysWhatOptionsSay() throws {
    let path = GoldenSet.tiny.activations
    let said = [
      "--batch-size", "12", "--estimator", "biased", "--kernel", "rbf:0.5", "--weighting",
      "samples", "--layers", "!*.conv*", "--pool", "mean", "--precision", "float64", "--keep", "1M",
    ]
    #expect(try place.compute([path] + said).status == 0)
    let study = """
      features: ["\(path)"]
      output: study.cka.safetensors
      batch-size: 12
      estimator: biased
      kernel: rbf:0.5
      weighting: samples
      layers: "!*.conv*"
      pool: mean
      precision: float64
      keep: 1M
      """
    try Data(study.utf8).write(to: URL(filePath: place.path("study.yaml")))
    let outcome = try place.cka("compute", "study.yaml")
    #expect(outcome.status == 0, "\(outcome.complaints)")
    #expect(try place.bundle().data == place.bundle("study.cka.safetensors").data)
    // An option wins over the file.
    #expect(try place.compute(["study.yaml", "--batch-size", "16"]).status == 0)
    #expect(try place.bundle().data != place.bundle("study.cka.safetensors").data)
  }

  @Test func narrowIntervalsEndTheWorkEarly() throws {
    let path = GoldenSet.small.activations
    let outcome = try place.compute([path, "--batch-size", "8", "--until-ci", "5"])
    #expect(outcome.status == 0)
    let record = try #require(try place.records(of: "out.cka.safetensors").first)
    let warnings = record["warnings"] as? [String] ?? []
    #expect(
      warnings.first == "stopped after 17 of 24 minibatches: every interval is narrow enough; "
        + "intervals of such runs are somewhat too narrow")
    #expect(try place.compute([path, "--batch-size", "8", "--until-ci", "1e-9"]).status == 0)
    let whole = try #require(try place.records(of: "out.cka.safetensors").first)
    #expect((whole["warnings"] as? [String])?.contains { $0.hasPrefix("stopped") } == false)
  }

  @Test func oneModelIsComparedWithItself() throws {
    let rows = (0..<8).map { [Float($0), Float($0 * $0 % 5)] }
    try place.write(activations: [("m/a", rows), ("m/b", rows.reversed())], to: "m.safetensors")
    #expect(try place.compute(["m.safetensors"]).status == 0)
    let grid = try place.bundle().grid("cka.0")
    #expect((grid.rows, grid.columns) == (2, 2))
    #expect(grid.values[0] == 1 && grid.values[3] == 1 && grid.values[1] == grid.values[2])
  }

  @Test func aLayerThatDoesNotVaryLeavesTheOthersAlone() throws {
    let rows = (0..<8).map { [Float($0), Float($0 * $0 % 5)] }
    let still = [[Float]](repeating: [7, 7, 7], count: 8)
    let broken = rows.map { [$0[0], Float.nan] }
    try place.write(
      activations: [("m/a", rows), ("m/dead", still), ("m/nan", broken)], to: "m.safetensors")
    #expect(try place.compute(["m.safetensors"]).status == 0)
    let grid = try place.bundle().grid("cka.0")
    #expect(grid.values.map(\.isNaN) == [false] + [Bool](repeating: true, count: 8))
    let record = try #require(try place.records(of: "out.cka.safetensors").first)
    let warnings = try #require(record["warnings"] as? [String])
    #expect(warnings[0].contains("m, dead: the output does not vary"))
    #expect(warnings[1].contains("m, nan: minibatch 1: 8 of 16 activations are NaN or infinite"))
  }

  @Test func aBadMinibatchMayCostItselfOnly() throws {
    var rows = (0..<32).map { [Float($0), Float($0 * $0 % 5)] }
    let other = rows.map { [$0[1], $0[0] / 3] }
    rows[9][1] = .nan
    try place.write(activations: [("m/a", rows), ("m/b", other)], to: "m.safetensors")
    #expect(try place.compute(["m.safetensors", "--batch-size", "8"]).status == 0)
    #expect(try place.bundle().grid("cka.0").values[1].isNaN)
    var record = try #require(try place.records(of: "out.cka.safetensors").first)
    var warnings = try #require(record["warnings"] as? [String])
    #expect(warnings.contains { $0.contains("--skip-bad leaves out the minibatch") })

    try "features: [m.safetensors]\nbatch-size: 8\nskip-bad: true\n".write(
      toFile: place.path("s.yaml"), atomically: true, encoding: .utf8)
    for arguments in [["m.safetensors", "--batch-size", "8", "--skip-bad"], ["s.yaml"]] {
      try? FileManager.default.removeItem(atPath: place.path("out.cka.safetensors"))
      #expect(try place.compute(arguments).status == 0)
      #expect(try place.bundle().grid("cka.0").values[1].isFinite)
      record = try #require(try place.records(of: "out.cka.safetensors").first)
      warnings = try #require(record["warnings"] as? [String])
      #expect(
        warnings.contains(
          "minibatch 2 of 8 samples skipped: a: 1 of 16 activations are NaN or infinite"))
      let skipped = try #require(
        try place.bundle().record("statistics")["skipped"] as? [[String: Any]])
      #expect(skipped[0]["code"] as? String == "bad_layers")
    }
  }

  @Test func biasedMinibatchesAreWarnedOf() throws {
    let outcome = try place.compute(
      [GoldenSet.tiny.activations, "--batch-size", "16", "--estimator", "biased"])
    #expect(outcome.status == 0)
    #expect(outcome.complaints.contains("take --batch-size all"))
  }
}

/// Command lines and files that cannot be used get one line each, and leave nothing behind.
@Suite struct ComputeComplaintTests {
  private let place: Place

  init() throws { place = try Place() }

  @Test(arguments: [
    ["--estimator", "debiased"], ["--kernel", "rbf:0"], ["--kernel", "cosine"],
    ["--weighting", "n"], ["--pool", "max"], ["--precision", "float16"], ["--batch-size", "3"],
    ["--batch-size", "many"], ["--threads", "0"], ["--until-ci", "0"], ["--keep", "1T"],
    ["--layers", "/(/"], ["--layout", "{model}"], ["--until-ci", "0.1", "--keep", "sums"],
  ])
  func wrongOptionsAreUsageErrors(_ options: [String]) throws {
    let outcome = try place.compute([GoldenSet.tiny.activations] + options)
    #expect(outcome.status == 64)
    #expect(outcome.complaints.hasPrefix("Error: "))
    #expect(place.names.isEmpty)
  }

  @Test func wrongFilesAreToldInOneLine() throws {
    let path = GoldenSet.tiny.activations
    try place.expectOneComplaint("compute", "missing.npz", "-o", "out.cka.safetensors")
    try place.expectOneComplaint("compute", path, "-o", "missing/out.cka.safetensors")
    try place.expectOneComplaint(
      "compute", path, "--layers", "nothing", "-o", "out.cka.safetensors")
    #expect(place.names.isEmpty)
  }

  @Test func wrongRecipesAreToldInOneLine() throws {
    for text in ["estimator: unbiased\n", "features: [a]\nestimator: debiased\n", "- a\n"] {
      try Data(text.utf8).write(to: URL(filePath: place.path("study.yaml")))
      let outcome = try place.cka("compute", "study.yaml", "-o", "out.cka.safetensors")
      #expect(outcome.status == 1)
      #expect(outcome.complaints.hasPrefix("cka: study.yaml: "), "\(outcome.complaints)")
      #expect(outcome.complaints.split(separator: "\n").count == 1)
    }
  }

  @Test func samplesThatAreTooFewAreToldInOneLine() throws {
    try place.write(
      activations: [("m/a", [[1, 2], [2, 1], [3, 3]]), ("m/b", [[1], [0], [2]])],
      to: "few.safetensors")
    let outcome = try place.compute(["few.safetensors"])
    #expect(outcome.status == 1)
    #expect(outcome.complaints.contains("HSIC needs at least 4 samples"))
    #expect(!place.names.contains("out.cka.safetensors"))
  }
}
