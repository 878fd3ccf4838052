import Foundation
import TestSupport
import Testing

/// What a file says survives every container.
@Suite struct ConvertTests {
  private let place: Place

  init() throws { place = try Place() }

  private static let sources = [
    "real/resnet18_vs_resnet34_full.pkl", "real/mb400_student_kd_vs_teacher8.pkl",
    "variants/torch_f16.pkl", "variants/numpy2_f64.pkl", "variants/torch_with_nan.pkl",
    "variants/cka.npy",
  ]

  @Test("Names and values are kept", arguments: ["cka.safetensors", "npz", "json"], sources)
  func everythingIsKept(_ container: String, _ source: String) throws {
    let path = Fixture.sample(source)
    let converted = try place.cka("convert", path, "-o", "out.\(container)")
    #expect(converted.status == 0)
    #expect(converted.complaints.hasPrefix("cka: wrote 1 result to out.\(container)\n"))
    #expect(try place.names(in: path) == place.names(in: "out.\(container)"))
    #expect(try place.values(of: path) == place.values(of: "out.\(container)"))
  }

  @Test("CSV keeps values and layers", arguments: sources)
  func valuesAreKept(_ source: String) throws {
    let path = Fixture.sample(source)
    #expect(try place.cka("convert", path, "-o", "out.csv").status == 0)
    #expect(try place.values(of: path) == place.values(of: "out.csv"))
    let (before, after) = try (place.names(in: path), place.names(in: "out.csv"))
    // Scores of minibatches have no layers' names to keep in a table.
    if before["kind"] == ["layers"] { #expect(before["layers2"] == after["layers2"]) }
  }

  @Test("Binary containers keep the element type", arguments: ["cka.safetensors", "npz"])
  func theTypeIsKept(_ container: String) throws {
    for source in Self.sources {
      let path = Fixture.sample(source)
      #expect(try place.cka("convert", path, "-o", "out.\(container)").status == 0)
      let before = try place.cka("export", path, "--format", "npy", "-o", "-")
      let after = try place.cka("export", "out.\(container)", "--format", "npy", "-o", "-")
      #expect(before.output == after.output, "\(source)")
    }
  }

  @Test("A folder becomes one file", arguments: ["cka.safetensors", "npz", "json"])
  func severalResults(_ container: String) throws {
    try place.copySampleData()
    let converted = try place.cka("convert", "SampleData", "-o", "all.\(container)")
    #expect(converted.status == 0, "\(converted.complaints)")
    let before = try place.records(of: "SampleData")
    let after = try place.records(of: "all.\(container)")
    #expect(before.count == after.count && before.count > 15)
    #expect(Set(after.compactMap { $0["key"] as? String }).count == after.count)
    let models = { (records: [[String: Any]]) in records.compactMap { $0["model1"] as? String } }
    #expect(models(before).sorted() == models(after).sorted())
  }

  @Test(
    "Names that steer a terminal are harmless keys", arguments: ["cka.safetensors", "npz", "json"])
  func hostileFileNames(_ container: String) throws {
    for name in ["a\u{1B}[31mb.pkl", "a\nb.pkl", "données.lr0.1.pkl", "données.lr0.01.pkl"] {
      try place.copy(sample: "real/teacher4_vs_student.pkl", as: "runs/\(name)")
    }
    #expect(try place.cka("convert", "runs", "-o", "all.\(container)").status == 0)
    let bytes = try place.bytes("all.\(container)")
    #expect(!bytes.contains(0x1B) || container != "json")
    let keys = try place.records(of: "all.\(container)").compactMap { $0["key"] as? String }
    #expect(
      Set(keys) == ["a\\u{1B}[31mb", "a\\nb", "données.lr0.1", "données.lr0.01"], "\(keys)")
  }

  @Test func numpyReadsTheMembersOfHostileNames() throws {
    for name in ["a\u{1B}[31mb.pkl", "b.pkl"] {
      try place.copy(sample: "real/teacher4_vs_student.pkl", as: "runs/\(name)")
    }
    #expect(try place.cka("convert", "runs", "-o", "all.npz").status == 0)
    let members = try place.shell("unzip -Z1 all.npz || python3 -m zipfile -l all.npz")
    #expect(members.text.steeringCharacters.isEmpty && members.text.contains("b/CKA.npy"))
  }

  @Test func theOutputIsNotItsOwnInput() throws {
    try place.copy(sample: "real/teacher4_vs_student.pkl", as: "cv/a.pkl")
    for _ in 0..<2 {
      let outcome = try place.cka("convert", "cv", "-o", "cv/all.cka.safetensors")
      #expect(outcome.complaints.hasPrefix("cka: wrote 1 result to cv/all.cka.safetensors\n"))
    }
    let bytes = try place.bytes("cv/a.pkl")
    try FileManager.default.copyItem(atPath: place.path("cv/a.pkl"), toPath: place.path("a.npz"))
    try place.expectOneComplaint("convert", "a.npz", "-o", "a.npz")
    #expect(try place.bytes("a.npz") == bytes)
  }

  @Test func aStudyStaysAStudy() throws {
    let set = GoldenSet.tiny
    let computed = try place.cka(
      "compute", set.activations, "--batch-size", "\(set.batchSize)", "-o", "s.cka.safetensors")
    #expect(computed.status == 0, "\(computed.complaints)")
    #expect(try place.cka("convert", "s.cka.safetensors", "-o", "t.cka.safetensors").status == 0)
    #expect(try place.bytes("s.cka.safetensors") == place.bytes("t.cka.safetensors"))
    let npz = try place.cka("convert", "s.cka.safetensors", "-o", "t.npz")
    #expect(
      npz.complaints.hasPrefix("cka: s.cka.safetensors: only the matrices of its study are kept\n"))
  }

  @Test func severalResultsDoNotFitOneTable() throws {
    try place.copySampleData()
    try place.expectOneComplaint("convert", "SampleData", "-o", "all.csv")
    #expect(place.names == ["SampleData"])
  }

  @Test func oneBadFileSpoilsTheLot() throws {
    try place.expectOneComplaint(
      "convert", Fixture.layers, Fixture.hostile("empty.pkl"), "-o", "all.npz")
    #expect(place.names.isEmpty)
  }
}

extension Place {
  /// The records of `info --json`.
  func records(of path: String) throws -> [[String: Any]] {
    let outcome = try cka("info", "--json", path)
    #expect(outcome.status == 0, "\(outcome.complaints)")
    let json = try JSONSerialization.jsonObject(with: Data(outcome.output))
    return try #require(json as? [[String: Any]])
  }

  /// The names that the only result at `path` carries.
  fileprivate func names(in path: String) throws -> [String: [String]] {
    let record = try #require(try records(of: path).first)
    var names: [String: [String]] = [:]
    for key in ["model1", "model2", "dataset1", "dataset2", "kind"] {
      names[key] = [record[key] as? String ?? "missing"]
    }
    for key in ["layers1", "layers2"] { names[key] = record[key] as? [String] }
    return names
  }

  /// The values at `path`, as text that gives every bit.
  fileprivate func values(of path: String) throws -> String {
    let text = try cka("export", path, "--format", "csv", "-o", "-").text
    // Column names may have changed with the container; a row's name ends at the first comma.
    let rows = text.split(whereSeparator: \.isNewline).dropFirst()
    return rows.joined(separator: "\n")
  }
}
