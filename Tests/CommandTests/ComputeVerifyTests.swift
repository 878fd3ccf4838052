import Foundation
import TestSupport
import Testing

/// `cka verify` agrees with what is right, and finds what is not.
@Suite struct ComputeVerifyTests {
  private let place: Place

  init() throws { place = try Place() }

  @Test(arguments: [
    [], ["--precision", "float64"], ["--estimator", "biased", "--batch-size", "all"],
    ["--kernel", "rbf:0.5:all", "--precision", "float64"], ["--weighting", "pairs"],
  ])
  func whatWasComputedIsConfirmed(_ options: [String]) throws {
    let said = options.contains("--batch-size") ? options : options + ["--batch-size", "20"]
    #expect(try place.compute([GoldenSet.tiny.activations] + said).status == 0)
    let outcome = try place.cka("verify", "out.cka.safetensors", "--cells", "100")
    #expect(outcome.status == 0, "\(outcome.complaints)")
    // Every two of six layers.
    #expect(outcome.text.hasPrefix("15 cells computed again"))
  }

  @Test("A changed number is found", arguments: ["cka.0", "study.sums"])
  func aChangedNumberIsFound(_ tensor: String) throws {
    #expect(try place.compute([GoldenSet.tiny.activations]).status == 0)
    let path = place.path("out.cka.safetensors")
    var bytes = try Data(contentsOf: URL(filePath: path))
    let start = try place.bundle().start(of: tensor)
    // The second value, an off-diagonal one in the sums: its highest digits.
    bytes[start + 8 + 6] ^= 0x04
    try bytes.write(to: URL(filePath: path))
    let outcome = try place.cka("verify", "out.cka.safetensors", "--cells", "100")
    #expect(outcome.status == 1)
    #expect(outcome.complaints.contains("of the sums beside it"))
    #expect(outcome.complaints.contains("the worst difference") == (tensor == "study.sums"))
  }

  @Test func otherActivationsAreRefused() throws {
    #expect(try place.compute([GoldenSet.tiny.activations]).status == 0)
    try place.expectOneComplaint("verify", "out.cka.safetensors", GoldenSet.small.activations)
    try place.expectOneComplaint("verify", "missing.cka.safetensors")
    try place.expectOneComplaint("verify", GoldenSet.tiny.activations)
  }

  @Test func publishedFiguresAreMetHere() throws {
    let outcome = try place.cka("verify", "--self")
    #expect(outcome.status == 0)
    let lines = outcome.text.split(separator: "\n")
    #expect(lines.count > 20)
    #expect(lines.allSatisfy { $0.hasPrefix("ok ") })
  }
}
