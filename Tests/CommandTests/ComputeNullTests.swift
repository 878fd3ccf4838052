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
    let info = try place.cka("info", "out.cka.safetensors").text
    #expect(info.contains("null of 39 permutations"))
    let p = try place.bundle().grid("null_p.0")
    #expect(p.values.allSatisfy { (1.0 / 40...1) ~= $0 })
    let above = try #require(record["null_above"] as? Int)
    #expect(above == p.values.count { $0 <= 0.05 } && above > 0)

    let json = try place.cka(
      "export", "out.cka.safetensors", "--key", key, "--format", "json", "-o", "-")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output)) as? [String: Any])
    #expect((object["null_p"] as? [[Double]])?.flatMap { $0 } == p.values)
    #expect((object["null_quantile"] as? [[Double]])?.count == p.rows)
    let csv = try place.cka(
      "export", "out.cka.safetensors", "--key", key, "--format", "csv", "--above-null", "-o", "-")
    let table = csv.text
    #expect(table.components(separatedBy: "nan").count - 1 == p.values.count - above)
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
    // 60 layers: 2.9 GB for all draws.
    try place.write(
      activations: (0..<60).map { ("m/layer\($0)", [[0], [1], [3], [7]]) }, to: "m.safetensors")
    let many = try place.compute(["m.safetensors", "--null", "100000"])
    #expect(
      many.status == 1 && many.complaints.contains("take --null 37282 or fewer"),
      "\(many.complaints)")
  }
}
