import Foundation
import TestSupport
import Testing

@Suite struct InfoTests {
  private let place: Place

  init() throws { place = try Place() }

  @Test func manifestsAreThere() {
    #expect(Verdict.samples.count > 60)
    #expect(Verdict.hostile.count > 70)
  }

  @Test(arguments: Verdict.samples + Verdict.hostile)
  func everyFileOpensOrIsRefusedInOneLine(_ file: Verdict) throws {
    let outcome = try place.cka("info", file.path)
    #expect(outcome.status == (file.isAccepted ? 0 : 1))
    if file.isAccepted {
      #expect(outcome.text.hasPrefix(file.path) && outcome.complaints.isEmpty)
    } else {
      #expect(outcome.output.isEmpty)
      #expect(outcome.complaints.hasPrefix("cka: \(file.path): "))
      #expect(
        outcome.complaints.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
    }
    for text in [outcome.text, outcome.complaints] { #expect(text.steeringCharacters.isEmpty) }
    #expect(place.names.isEmpty, "something was written: \(place.names)")
  }

  @Test func jsonHasEveryValue() throws {
    let outcome = try place.cka("info", "--json", Fixture.layers)
    #expect(outcome.status == 0)
    let records = try #require(
      JSONSerialization.jsonObject(with: Data(outcome.output)) as? [[String: Any]])
    let record = try #require(records.first)
    #expect(records.count == 1)
    let expected: [String: Any] = [
      "file": Fixture.layers, "key": "", "model1": "ResNet18", "model2": "ResNet34",
      "rows": 68, "columns": 116, "kind": "layers", "dtype": "float32", "nan_count": 0,
    ]
    for (key, value) in expected {
      #expect(
        (record[key] as? NSObject) == (value as? NSObject), "\(key): \(record[key] ?? "none")")
    }
    #expect((record["layers1"] as? [String])?.count == 68)
    #expect((record["layers2"] as? [String])?.last == "fc")
  }

  @Test func jsonHasEveryKey() throws {
    let outcome = try place.cka("info", "--json", Fixture.hostile("val_nan_inf.pkl"))
    let records = try #require(
      JSONSerialization.jsonObject(with: Data(outcome.output)) as? [[String: Any]])
    let keys: Set = [
      "file", "key", "format", "model1", "model2", "dataset1", "dataset2", "rows", "columns",
      "layers1", "layers2", "kinds1", "kinds2", "kind", "dtype", "min", "max", "mean", "nan_count",
      "infinite_count", "negative_count", "warnings", "specifications", "command", "created",
      "settings", "versions", "null_draws", "null_above", "caveats", "sources",
    ]
    #expect(Set(try #require(records.first).keys) == keys)
  }

  @Test func layersAreListedWithKindAndShape() throws {
    let study = "\(Fixture.project)/SampleData/5-experiments/1-depth-sorted.cka.safetensors"
    let text = try place.cka("info", "--layers", study).text
    #expect(
      text.contains("  layers of ResNet-34 · digits\n     1  layer1.0  BasicBlock  64 × 8 × 8\n"))
    #expect(text.contains("\n    9  fc        Linear      10\n"))
    let record = try #require(try place.records(of: study).first)
    #expect((record["kinds1"] as? [String])?.last == "Linear")
    #expect((record["kinds2"] as? [String])?.count == 17)
    // Other tools' files name layers only.
    let plain = try place.cka("info", "--layers", Fixture.layers).text
    #expect(plain.contains("\n    68  fc\n"), "\(plain)")
    #expect(try place.records(of: Fixture.layers).first?["kinds1"] as? [String] == [])
    #expect(try !place.cka("info", Fixture.layers).text.contains("layers of"))
  }

  @Test func aRangeThatIsNotThereIsNull() throws {
    let record = try #require(
      try place.records(of: Fixture.hostile("val_all_nan.pkl")).first)
    for key in ["min", "max", "mean"] { #expect(record[key] is NSNull, "\(key)") }
    #expect(record["infinite_count"] as? Int == 0)
  }

  @Test func wordsSayWhatTheRangeLeavesOut() throws {
    try Data(",a,b,c\nr,nan,inf,0.5\n".utf8).write(to: URL(filePath: place.path("few.csv")))
    let words = try place.cka("info", "few.csv").text
    #expect(words.contains("min 0.5  max 0.5  mean 0.5  (without 1 NaN and 1 infinite)\n"))
    #expect(try place.records(of: "few.csv").first?["infinite_count"] as? Int == 1)
  }

  @Test func oneMinibatchIsNoPlural() throws {
    try Data("minibatch,score\n1,0.5\n".utf8).write(to: URL(filePath: place.path("one.csv")))
    #expect(try place.cka("info", "one.csv").text.contains("  1 minibatch, "))
  }

  @Test func aNameLikeAnOptionIsStillAName() throws {
    try place.copy(sample: "variants/results.h5", as: "-x.h5")
    let outcome = try place.cka("info", ".")
    #expect(outcome.status == 0 && outcome.text.hasPrefix("-x.h5\n"), "\(outcome.complaints)")
  }

  @Test func aNameThatIsNoTextIsReported() throws {
    try place.copy(sample: "real/teacher4_vs_student.pkl", as: "runs/good.pkl")
    #expect(try place.shell("cp runs/good.pkl $'runs/caf\\xe9.pkl'").status == 0)
    let outcome = try place.cka("info", "runs")
    #expect(outcome.status == 1 && outcome.text.hasPrefix("runs/good.pkl\n"))
    #expect(outcome.complaints == "cka: runs/caf\u{FFFD}.pkl: its name is not UTF-8; rename it\n")
  }

  @Test func aFolderIsSearchedAndItsBadFilesAreNamed() throws {
    try place.copy(sample: "real/teacher4_vs_student.pkl", as: "runs/good.pkl")
    try Data("\u{80}".utf8).write(to: URL(filePath: place.path("runs/bad.pkl")))
    try Data("hello".utf8).write(to: URL(filePath: place.path("runs/notes.txt")))
    let outcome = try place.cka("info", "runs")
    #expect(outcome.status == 1)
    #expect(outcome.text.hasPrefix("runs/good.pkl\n"))
    #expect(outcome.complaints.hasPrefix("cka: runs/bad.pkl: "))
    #expect(!outcome.complaints.contains("notes"))
  }

  @Test func whatIsNoFileIsSaid() throws {
    #expect(mkfifo(place.path("pipe.pkl"), 0o600) == 0)
    try place.expectOneComplaint("info", "pipe.pkl")
    try place.expectOneComplaint("info", "/dev/null")
    try place.expectOneComplaint("info", "nowhere/at/all")
    try FileManager.default.createDirectory(
      atPath: place.path("empty"), withIntermediateDirectories: false)
    try place.expectOneComplaint("info", "empty")
    #expect(try place.cka("info", "empty").complaints.contains("no result files in empty; "))
  }

  @Test func aLoopOfLinksIsWalkedOnce() throws {
    try place.copy(sample: "real/teacher4_vs_student.pkl", as: "runs/good.pkl")
    try FileManager.default.createSymbolicLink(
      atPath: place.path("runs/again"), withDestinationPath: "..")
    let outcome = try place.cka("info", "runs")
    #expect(outcome.status == 0)
    #expect(outcome.text.split(separator: "\n").count { $0.hasSuffix("good.pkl") } == 1)
  }
}

extension Place {
  /// Runs the program, which must end with 1 and one line on standard error that names its last
  /// argument.
  func expectOneComplaint(_ arguments: String..., location: SourceLocation = #_sourceLocation)
    throws
  {
    let line = arguments.map { "'\($0)'" }.joined(separator: " ")
    let outcome = try shell("cka \(line)")
    #expect(outcome.status == 1, sourceLocation: location)
    #expect(outcome.complaints.hasPrefix("cka: "), sourceLocation: location)
    #expect(outcome.complaints.count { $0 == "\n" } == 1, sourceLocation: location)
  }
}

extension String {
  /// Characters that a terminal obeys instead of showing them; line ends are not among them.
  var steeringCharacters: [Unicode.Scalar] {
    unicodeScalars.filter { scalar in
      scalar != "\n"
        && [.control, .format, .lineSeparator, .paragraphSeparator, .privateUse].contains(
          scalar.properties.generalCategory)
    }
  }
}
