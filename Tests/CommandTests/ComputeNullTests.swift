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

  @Test func matchesAreHeldAgainstTheNullOfTheBest() throws {
    // Layer a of both shares a factor; the others have nothing in common.
    var noise = Noise(seed: 5)
    func layer(_ shared: [[Float]]?) -> [[Float]] {
      (0..<96).map { i in
        (0..<3).map { k in (shared?[i][k] ?? 0) * 2 + Float(noise.gaussian()) }
      }
    }
    let factor = layer(nil)
    try place.write(
      activations: [
        ("m/a", layer(factor)), ("m/b", layer(nil)), ("n/a", layer(factor)), ("n/b", layer(nil)),
        ("n/c", layer(nil)),
      ], to: "m.safetensors")
    let arguments = ["m.safetensors", "--batch-size", "16", "--null", "199", "--null-seed", "3"]
    #expect(try place.compute(arguments).status == 0)
    let shown = try place.cka("match", "out.cka.safetensors", "--pair", "m,n", "--json")
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(shown.output)) as? [String: Any])
    #expect(record["null_draws"] as? Int == 199 && record["null_seed"] as? Int == 3)
    let layers = try #require(record["layers"] as? [[String: Any]])
    #expect(layers[0]["null_p"] as? Double == 0.005)
    #expect(layers[0]["is_above_null"] as? Bool == true)
    let p = try #require(layers[1]["null_p"] as? Double)
    #expect(p > 0.05 && layers[1]["is_above_null"] as? Bool == false)
    let words = try place.cka("match", "out.cka.safetensors", "--pair", "m,n").text
    #expect(words.contains("not above chance") && words.contains("p 0.005"), "\(words)")
    #expect(words.contains("1 of 2 are above the null of the best match (p ≤ 0.05)"), "\(words)")
    #expect(words.contains("199 permutations, seed 3"), "\(words)")
    // Another seed draws others, and the result says which.
    #expect(try place.compute(arguments.dropLast() + ["4"], to: "b.cka.safetensors").status == 0)
    let names = ["out.cka.safetensors", "b.cka.safetensors"]
    let grids = try names.map { try place.bundle($0).grid("null_quantile.0").values }
    #expect(grids[0] != grids[1])
    let info = try place.cka("info", "b.cka.safetensors").text
    #expect(info.contains("null of 199 permutations, seed 4"))
    let unasked = try place.compute(["m.safetensors", "--null-seed", "4"])
    #expect(unasked.status == 64 && unasked.complaints.contains("nothing asks for that"))
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
    #expect(few.status == 64 && few.complaints.contains("null must be 19 to 100000, not '18'"))
    // 60 layers: 2.9 GB for all draws.
    try place.write(
      activations: (0..<60).map { ("m/layer\($0)", [[0], [1], [3], [7]]) }, to: "m.safetensors")
    let many = try place.compute(["m.safetensors", "--null", "100000"])
    #expect(
      many.status == 1 && many.complaints.contains("take --null 37282 or fewer"),
      "\(many.complaints)")
  }
}
