import Foundation
import TestSupport
import Testing

/// The minibatch scores of one cell of a study, from the command line.
@Suite struct StudyScoresTests {
  private let place: Place
  /// Two models, 9 and 17 layers, 400 minibatches.
  private static let study =
    "\(Fixture.project)/SampleData/5-experiments/1-depth-sorted.cka.safetensors"
  private static let pair = "ResNet-18,ResNet-34"

  init() throws { place = try Place() }

  /// A study of one model with the layers `a` and `b1`, `b10` over four minibatches.
  private func computeStudy(_ further: [String] = []) throws {
    var state: UInt64 = 1
    let layers = ["a", "b1", "b10"].map { name in
      let rows = (0..<32).map { _ in
        (0..<3).map { _ in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return Float(state >> 40) / Float(1 << 24)
        }
      }
      return (name: "m/\(name)", rows: rows)
    }
    try place.write(activations: layers, to: "in.safetensors")
    let computed = try place.compute(["in.safetensors", "--batch-size", "8"] + further)
    try #require(computed.status == 0, "\(computed.complaints)")
  }

  @Test(
    "The explorer's e under the crosshair and the command write the same bytes",
    arguments: ["ppm", "png", "svg"])
  func theExplorerExportsTheSame(_ format: String) throws {
    try computeStudy()
    try place.configure("export-format: \(format)\n")
    let screen = try place.cka(
      "out.cka.safetensors", "--keys", "l Tab e", "--dump-screen", "--size", "120x40")
    let name = "out-m___m-sorted.\(format)"
    #expect(screen.text.contains("wrote \(name)"), "\(screen.text)")
    #expect(screen.text.contains("─ b1 × b10 ─"), "\(screen.text)")
    let exported = try place.cka(
      "export", "out.cka.safetensors", "--view", "sorted", "--rows", "b1", "--columns", "b10",
      "--format", format, "-o", "-")
    #expect(exported.status == 0, "\(exported.complaints)")
    #expect(try exported.output == place.bytes(name))
    #expect(!exported.output.isEmpty)
  }

  @Test func eachCellHasScoresOfItsOwn() throws {
    let outcome = try place.cka(
      "export", Self.study, "--view", "minibatches", "--pair", Self.pair, "--rows", "/^fc$/",
      "--columns", "layer4.2", "--format", "csv", "-o", "-")
    let lines = outcome.text.split(separator: "\n")
    #expect(lines.count == 401 && lines[0] == "minibatch,score", "\(outcome.complaints)")
    let other = try place.cka(
      "export", Self.study, "--view", "minibatches", "--pair", Self.pair, "--rows", "fc",
      "--columns", "fc", "--format", "csv", "-o", "-")
    #expect(other.status == 0 && other.output != outcome.output)
    let shown = try place.cka(
      "show", Self.study, "--view", "sorted", "--pair", Self.pair, "--rows", "fc", "--columns",
      "layer4.2")
    #expect(shown.status == 0 && shown.text.contains("fc × layer4.2"), "\(shown.complaints)")
    #expect(shown.text.contains("20 × 20"))
  }

  @Test(
    "Anything but one cell is answered with how many layers match, and examples",
    arguments: [
      ([], "9 of 9 layers of ResNet-18 match; name one with --rows, such as layer1.0, layer1.1"),
      (["--rows", "fc"], "17 of 17 layers of ResNet-34 match; name one with --columns"),
      (["--rows", "layer1"], "2 of 9 layers of ResNet-18 match"),
      (["--rows", "nothing"], "0 of 9 layers of ResNet-18 match"),
    ])
  func oneCell(_ filters: [String], _ reason: String) throws {
    let options = (["--pair", Self.pair] + filters).joined(separator: " ")
    let outcome = try place.shell("cka export '\(Self.study)' --view sorted \(options)")
    #expect(outcome.status == 1 && outcome.complaints.count { $0 == "\n" } == 1)
    #expect(outcome.complaints.contains(reason), "\(outcome.complaints)")
    #expect(place.names.isEmpty)
  }

  @Test("A whole name is that layer, in the filter for both sides too")
  func wholeNames() throws {
    try computeStudy()
    let options = "out.cka.safetensors --view sorted"
    for filters in ["--layers b1", "--rows b1 --columns b1", "--layers b1 --rows b --columns b"] {
      let shown = try place.shell("cka show \(options) \(filters)")
      #expect(shown.status == 0 && shown.text.contains("b1 × b1"), "\(filters): \(shown)")
    }
    let several = try place.shell("cka show \(options) --layers b")
    #expect(several.status == 1 && several.complaints.contains("2 of 3 layers"))
  }

  @Test func severalPairsAreToldApart() throws {
    let outcome = try place.cka("export", Self.study, "--view", "sorted")
    #expect(outcome.status == 1)
    #expect(outcome.complaints.contains("3 results fit; choose with --pair A,B or --key: "))
    let turned = try place.cka("export", Self.study, "--pair", "ResNet-34,ResNet-18")
    #expect(
      turned.complaints.hasSuffix(
        "it has the pair the other way round: ResNet-18 on digits × ResNet-34 on digits\n"),
      "\(turned.complaints)")
  }

  @Test func scoresThatWereNotKeptAreMissed() throws {
    try computeStudy(["--keep", "sums"])
    let outcome = try place.cka(
      "export", "out.cka.safetensors", "--view", "sorted", "--rows", "a", "--columns", "b10")
    #expect(outcome.status == 1)
    #expect(
      outcome.complaints.hasPrefix("cka: out.cka.safetensors: a × b10: only sums over minibatches"))
  }
}
