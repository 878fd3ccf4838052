import Foundation
import TestSupport
import Testing

/// The permutation null from the command line to what is written.
@Suite struct ComputeNullTests {
  private let place: Place

  init() throws { place = try Place() }

  @Test func aNullIsComputedShownAndExported() throws {
    let path = GoldenSet.tiny.activations
    let arguments = [path, "--batch-size", "16", "--null", "39"]
    #expect(try place.compute(arguments + ["--threads", "1"]).status == 0)
    #expect(try place.compute(arguments + ["--threads", "3"], to: "b.cka.safetensors").status == 0)
    #expect(try place.bundle().data == place.bundle("b.cka.safetensors").data)

    let record = try #require(try place.records(of: "out.cka.safetensors").first)
    #expect(record["null_draws"] as? Int == 39)
    let key = try #require(record["key"] as? String)
    #expect(try place.cka("info", "out.cka.safetensors").output.contains("null of 39 permutations"))
    let p = try place.bundle().grid("null_p.0")
    #expect(p.values.allSatisfy { (1.0 / 40...1) ~= $0 })
    let above = try #require(record["null_above"] as? Int)
    #expect(above == p.values.count { $0 <= 0.05 } && above > 0)

    let json = try place.cka(
      "export", "out.cka.safetensors", "--key", key, "--format", "json", "-o", "-")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect((object["null_p"] as? [[Double]])?.flatMap { $0 } == p.values)
    #expect((object["null_quantile"] as? [[Double]])?.count == p.rows)
    let csv = try place.cka(
      "export", "out.cka.safetensors", "--key", key, "--format", "csv", "--above-null", "-o", "-")
    #expect(csv.output.components(separatedBy: "nan").count - 1 == p.values.count - above)
  }

  @Test func whatHasNoNullSaysSo() throws {
    #expect(try place.compute([GoldenSet.tiny.activations]).status == 0)
    let record = try #require(try place.records(of: "out.cka.safetensors").first)
    #expect(record["null_draws"] is NSNull)
    let key = try #require(record["key"] as? String)
    let export = try place.cka(
      "export", "out.cka.safetensors", "--key", key, "--above-null", "-o", "f.png")
    #expect(export.status == 1 && export.complaints.contains("has no permutation null"))
  }

  @Test func tooFewDrawsAreRefused() throws {
    let few = try place.compute([GoldenSet.tiny.activations, "--null", "18"])
    #expect(few.status == 64 && few.complaints.contains("null must be 19 to 100000, not 18"))
    let many = try place.compute([GoldenSet.small.activations, "--null", "100000"])
    #expect(many.status == 1 && many.complaints.contains("take --null"), "\(many.complaints)")
  }
}
