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
    #expect(outcome.text.contains("  15 of 15 cells computed again in float64 ("))
    #expect(outcome.text.hasSuffix("\nverdict: ok, the bundle is what its activations give\n"))
  }

  @Test func whatWasCheckedIsTold() throws {
    #expect(try place.compute([GoldenSet.tiny.activations]).status == 0)
    let lines = try place.cka("verify", "out.cka.safetensors", "--cells", "4").text
      .split(separator: "\n")
    let models = try #require(place.bundle().study["models"] as? [[String: Any]])
    #expect(lines[0] == "out.cka.safetensors, again from \(GoldenSet.tiny.activations)")
    for model in models {
      let name = try #require(model["name"] as? String)
      #expect(lines.contains { $0.hasPrefix("  \(name)") && $0.hasSuffix("3 layers") })
    }
    let cells = lines.filter { $0.contains(" × ") && $0.contains("stored ") }
    #expect(cells.count == 4 && cells.allSatisfy { $0.contains("again ") }, "\(lines)")
    #expect(lines.contains { $0.hasPrefix("  largest deviation ") && $0.contains(" passes), of ") })
  }

  @Test("A changed number is found", arguments: ["cka.0", "study.sums"])
  func aChangedNumberIsFound(_ tensor: String) throws {
    #expect(try place.compute([GoldenSet.tiny.activations]).status == 0)
    let path = place.path("out.cka.safetensors")
    var bytes = try Data(contentsOf: URL(filePath: path))
    // Sealed, the file would be refused as damaged, whatever changed in it.
    let seal = try #require(bytes.firstRange(of: Data("\"checksum\": \"".utf8)))
    bytes.replaceSubrange(
      seal.lowerBound..<seal.lowerBound + 38, with: Data(repeating: 0x20, count: 38))
    let start = try place.bundle().start(of: tensor)
    // The second value, an off-diagonal one in the sums: its highest digits.
    bytes[start + 8 + 6] ^= 0x04
    try bytes.write(to: URL(filePath: path))
    let outcome = try place.cka("verify", "out.cka.safetensors", "--cells", "100")
    #expect(outcome.status == 1)
    #expect(outcome.text.contains("of the sums beside it"))
    let verdict = try #require(outcome.text.split(separator: "\n").last)
    #expect(verdict.hasPrefix("verdict: FAILED, ") && outcome.complaints.isEmpty)
    #expect(verdict.contains("cells deviate too far") == (tensor == "study.sums"))
    #expect(verdict.hasSuffix("the bundle contradicts itself"))
  }

  @Test("A damaged bundle is refused in one line, wherever it is opened")
  func aDamagedBundleIsRefused() throws {
    #expect(try place.compute([GoldenSet.tiny.activations]).status == 0)
    let path = place.path("out.cka.safetensors")
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes[bytes.count - 3] ^= 0x40
    try bytes.write(to: URL(filePath: path))
    for command in ["verify", "info", "show", "export"] {
      let outcome = try place.cka(command, "out.cka.safetensors")
      #expect(outcome.status == 1, "\(command)")
      #expect(outcome.complaints.contains("the file is damaged: it was sealed as "), "\(command)")
    }
  }

  @Test func otherActivationsAreRefused() throws {
    #expect(try place.compute([GoldenSet.tiny.activations]).status == 0)
    try place.expectOneComplaint("verify", "out.cka.safetensors", GoldenSet.small.activations)
    let other = try place.cka("verify", "out.cka.safetensors", GoldenSet.small.activations)
    #expect(other.complaints.hasPrefix("cka: out.cka.safetensors: the activations have other "))
    try place.expectOneComplaint("verify", "missing.cka.safetensors")
    try place.expectOneComplaint("verify", GoldenSet.tiny.activations)
  }

  @Test func publishedFiguresAreMetHere() throws {
    let outcome = try place.cka("verify", "--self")
    #expect(outcome.status == 0)
    let lines = outcome.text.split(separator: "\n")
    #expect(lines.count > 20)
    #expect(lines.dropLast().allSatisfy { $0.hasPrefix("ok ") })
    #expect(lines.last == "verdict: ok, all \(lines.count - 1) figures are met on this machine")
  }
}
