import Foundation
import TestSupport
import Testing

/// What becomes of tokens is what plain numpy in float64 makes of them.
@Suite struct TorchTokenTests {
  private typealias Values = [String: [String: Double]]
  private let place: Place
  private let widths = ["24", "40"]

  init() throws { place = try Place() }

  /// Values of two GPT-2 from `token_reference.py`, by the names of layers.
  private func reference(_ tokens: String) throws -> Values {
    let outcome = try Shell.outcome(
      of: [try TestPython.path(), "\(Fixture.torch)/token_reference.py", tokens, "40"] + widths,
      environment: place.torchEnvironment(), folder: place.folder)
    try #require(outcome.status == 0, "\(outcome.complaints)")
    return try JSONDecoder().decode(Values.self, from: Data(outcome.text.utf8))
  }

  /// The study of the same networks.
  private func computed(_ tokens: String) throws -> BundleFile {
    let nets = "py:\(Fixture.torch)/texts.py"
    let outcome = try place.computeTorch([
      "a=\(nets):gpt?width=\(widths[0])", "b=\(nets):gpt?width=\(widths[1])", "--data",
      "\(nets):texts", "--batch-size", "40", "--tokens", tokens,
    ])
    try #require(outcome.status == 0, "\(outcome.complaints)")
    return try place.bundle()
  }

  /// The largest difference, and the places where a value is looked at.
  private func worst(_ bundle: BundleFile, _ reference: Values) throws -> Double {
    var worst = 0.0
    for (row, columns) in reference {
      for (column, expected) in columns {
        worst = max(worst, abs(try bundle.value((0, row), (1, column)) - expected))
      }
    }
    return worst
  }

  @Test("GPT-2's Conv1D is a linear map over tokens", arguments: ["mean", "each"])
  func tokensOfGPT2(_ tokens: String) throws {
    let expected = try reference(tokens)
    #expect(expected.count == 12)
    let bundle = try computed(tokens)
    #expect(try worst(bundle, expected) <= 1e-5)
    // The choice matters here: ignoring it would be seen.
    #expect(try worst(bundle, reference("flatten")) > 0.05)
    let settings = try #require(
      try place.records(of: "out.cka.safetensors").first?["settings"] as? [String: String])
    #expect(settings["padding"]?.hasSuffix("of 880 positions, left out") == true)
    let sample = try #require(settings["sample"])
    #expect(sample.hasPrefix(tokens == "each" ? "a token: all tokens that are no" : "a row"))
  }
}
