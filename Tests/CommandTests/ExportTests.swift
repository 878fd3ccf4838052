import Foundation
import TestSupport
import Testing

@Suite struct ExportTests {
  private let place: Place

  init() throws { place = try Place() }

  @Test(arguments: [
    ("ppm", Array("P6\n".utf8)), ("png", [0x89, 0x50, 0x4E, 0x47]), ("svg", Array("<".utf8)),
    ("csv", Array(",".utf8)), ("npy", [0x93, 0x4E, 0x55, 0x4D]), ("npz", Array("PK".utf8)),
    ("json", Array("{\"model1_name\"".utf8)),
  ])
  func everyFormatBeginsAsItShould(_ format: String, _ magic: [UInt8]) throws {
    // Its labels are suspect as they stand, which is told with values.
    let byName = try place.cka(
      "export", Fixture.layers, "--executed-labels", "-o", "out.\(format)")
    #expect(byName.status == 0 && byName.output.isEmpty)
    #expect(byName.complaints == "cka: wrote out.\(format)\n")
    let bytes = try place.bytes("out.\(format)")
    #expect(Array(bytes.prefix(magic.count)) == magic)
    let piped = try place.cka(
      "export", Fixture.layers, "--executed-labels", "--format", format, "-o", "-")
    #expect(piped.status == 0 && piped.output == bytes && piped.complaints.isEmpty)
  }

  @Test func withoutANameTheResultAndTheViewGiveIt() throws {
    for (path, name) in [
      (Fixture.layers, "resnet18_vs_resnet34_full-layers.ppm"),
      (Fixture.minibatches, "mb400_resnet18_vs_resnet34_fc-sorted.ppm"),
    ] {
      #expect(try place.cka("export", path).complaints.hasSuffix("cka: wrote \(name)\n"))
      #expect(try place.bytes(name).starts(with: Array("P6\n".utf8)))
    }
  }

  @Test func nothingThatWasReadIsOverwritten() throws {
    try place.copy(sample: "variants/cka.npy", as: "a.npy")
    let bytes = try place.bytes("a.npy")
    for line in ["-o a.npy", "-o ./a.npy", "--view pairs --format csv -o a.npy"] {
      let outcome = try place.shell("cka export a.npy \(line)")
      #expect(outcome.status == 1 && outcome.complaints.contains("would be overwritten"), "\(line)")
      #expect(try place.bytes("a.npy") == bytes)
    }
  }

  @Test func withoutANameNothingIsOverwritten() throws {
    try place.copy(sample: "real/teacher10_vs_student_kd.pkl", as: "run.lr0.1.pkl")
    for name in ["run.lr0.1-layers.csv", "run.lr0.1-layers-2.csv"] {
      let outcome = try place.cka("export", "run.lr0.1.pkl", "--format", "csv")
      #expect(outcome.complaints.hasSuffix("\ncka: wrote \(name)\n"))
    }
  }

  @Test func valuesKeepTheOrderOfTheFileUnlessAsked() throws {
    let original = try place.cka("convert", Fixture.minibatches, "-o", "original.csv")
    #expect(original.status == 0)
    let expected = try String(decoding: place.bytes("original.csv"), as: UTF8.self)
    let plain = try place.cka("export", Fixture.minibatches, "--format", "csv", "-o", "-")
    #expect(plain.text == expected)
    let sorted = try place.cka(
      "export", Fixture.minibatches, "--view", "sorted", "-o", "sorted.csv")
    #expect(sorted.status == 0)
    let text = try String(decoding: place.bytes("sorted.csv"), as: UTF8.self)
    #expect(text.hasPrefix("rank,minibatch,score\n1,") && !text.contains("\r"))
    // Read back, the scores stand where they stood.
    #expect(try place.cka("convert", "sorted.csv", "-o", "back.csv").status == 0)
    #expect(try String(decoding: place.bytes("back.csv"), as: UTF8.self) == expected)
  }

  @Test func sortedValuesKeepTheirMinibatches() throws {
    let json = try place.cka(
      "export", Fixture.minibatches, "--view", "sorted", "--format", "json", "-o", "-")
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output)) as? [String: Any])
    let order = try #require(record["order"] as? [Int])
    let scores = try #require(record["CKA"] as? [Double])
    #expect(order.sorted() == Array(1...scores.count) && order != order.sorted())
    #expect(scores == scores.sorted())
    let npy = try place.cka(
      "export", Fixture.minibatches, "--view", "sorted", "--format", "npy", "-o", "-")
    #expect(npy.status == 0 && npy.complaints.contains("no room for the minibatches' numbers"))
    #expect(
      try place.cka("export", Fixture.minibatches, "--view", "sorted", "-o", "s.npz").status == 0)
    #expect(try place.cka("info", "s.npz").status == 0)
  }

  @Test func pairsAreNamedAfterTheFolder() throws {
    try place.copySampleData()
    let exported = try place.shell("cd SampleData && cka export . --view pairs")
    #expect(exported.complaints == "cka: wrote SampleData-pairs.ppm\n")
    let figure = try place.cka(
      "export", "SampleData", "--view", "pairs", "--format", "svg", "-o", "-")
    #expect(figure.text.contains("Left out: 12 of minibatch scores alone."))
  }

  @Test func badFilesBesideAreOneLine() throws {
    try place.copy(sample: "real/teacher4_vs_student.pkl", as: "runs/good.pkl")
    for index in 0..<16 {
      try Data("\u{80}".utf8).write(to: URL(filePath: place.path("runs/bad\(index).pkl")))
    }
    for view in [[], ["--view", "pairs"]] {
      let line = (["runs"] + view).joined(separator: " ")
      let exported = try place.shell("cka export \(line) --executed-labels -o out.csv")
      #expect(exported.status == 0)
      #expect(
        exported.complaints
          == "cka: 16 files could not be read; cka info lists them\ncka: wrote out.csv\n")
    }
  }

  @Test func rawPicturesHaveAPixelForEachValue() throws {
    let raw = try place.cka("export", Fixture.layers, "--raw", "-o", "-")
    #expect(raw.output.count > 68 * 116 * 3)
    #expect(raw.ppmSize == [116, 68])
    let scaled = try place.cka("export", Fixture.layers, "--raw", "--scale", "3", "-o", "-")
    #expect(scaled.ppmSize == [348, 204])
    let turned = try place.cka("export", Fixture.layers, "--raw", "--transpose", "-o", "-")
    #expect(turned.ppmSize == [68, 116])
  }

  @Test func aPairIsChosenByNameInAFolder() throws {
    try place.copySampleData()
    let ambiguous = try place.cka("export", "SampleData", "--view", "layers")
    #expect(ambiguous.status == 1 && ambiguous.complaints.contains("choose with --pair A,B"))
    let chosen = try place.cka(
      "export", "SampleData", "--view", "layers", "--pair", "resnet18,ResNet34", "-o", "a.png")
    #expect(chosen.status == 0, "\(chosen.complaints)")
    let unknown = try place.cka("export", "SampleData", "--pair", "VGG,VGG", "-o", "b.png")
    #expect(unknown.status == 1 && !place.names.contains("b.png"))
  }

  @Test func filtersChooseRowsAndColumns() throws {
    let table = try place.cka(
      "export", Fixture.layers, "--rows", "layer1*", "--columns", "/^fc$/", "--format", "csv",
      "-o", "-")
    let lines = table.text.split(whereSeparator: \.isNewline)
    #expect(lines.first == ",fc")
    #expect(lines.count > 5 && lines.dropFirst().allSatisfy { $0.hasPrefix("layer1") })
    let nothing = try place.cka("export", Fixture.layers, "--rows", "nosuchlayer", "-o", "x.ppm")
    #expect(nothing.status == 1 && place.names.isEmpty)
  }

  @Test func looksChangeThePicture() throws {
    let looks = [
      [], ["--range", "0.2,0.8"], ["--range", "data"], ["--range", "2%,98%"],
      ["--colormap", "viridis"], ["--origin-top"], ["--transpose"], ["--scale", "5"], ["--raw"],
    ]
    let pictures = try looks.map { options in
      let line = "cka export '\(Fixture.layers)' -o - \(options.joined(separator: " "))"
      let outcome = try place.shell(line)
      #expect(outcome.status == 0, "\(options)")
      return outcome.output
    }
    #expect(Set(pictures).count == looks.count, "two options give the same picture")
  }

  @Test func aCompanionViewIsNamedWhenTheOneAskedForIsMissing() throws {
    try place.expectOneComplaint("export", Fixture.layers, "--view", "sorted")
    try place.expectOneComplaint("export", Fixture.minibatches, "--view", "layers")
    #expect(place.names.isEmpty)
  }

  @Test("The explorer's e and the command write the same bytes", arguments: ["ppm", "png", "svg"])
  func theExplorerExportsTheSame(_ format: String) throws {
    try place.copy(sample: "real/teacher10_vs_student_kd.pkl", as: "kd.pkl")
    try place.configure("export-format: \(format)\n")
    let screen = try place.cka("kd.pkl", "--keys", "Enter e", "--dump-screen", "--size", "100x30")
    #expect(screen.status == 0)
    #expect(screen.text.contains("wrote kd-layers.\(format)"))
    let exported = try place.cka("export", "kd.pkl", "--format", format, "-o", "-")
    #expect(try exported.output == place.bytes("kd-layers.\(format)"))
  }

  @Test func theExplorerNeverOverwrites() throws {
    try place.copy(sample: "real/teacher10_vs_student_kd.pkl", as: "kd.pkl")
    for _ in 0..<2 { _ = try place.cka("kd.pkl", "--keys", "Enter e", "--dump-screen") }
    #expect(place.names == ["kd-layers-2.ppm", "kd-layers.ppm", "kd.pkl"])
  }
}

/// Where writing fails, the old file stays and nothing is left behind.
@Suite struct ExportFailureTests {
  private let place: Place

  init() throws { place = try Place() }

  @Test(arguments: ["nowhere/out.ppm", "/proc/cka-out.ppm", "folder", "/dev/full"])
  func placesThatCannotBeWritten(_ output: String) throws {
    try FileManager.default.createDirectory(
      atPath: place.path("folder"), withIntermediateDirectories: false)
    try place.expectOneComplaint("export", Fixture.minibatches, "--format", "ppm", "-o", output)
    #expect(place.names == ["folder"])
  }

  @Test(arguments: ["nowhere/out.npz", "/proc/cka-out.npz"])
  func placesThatCannotBeConvertedTo(_ output: String) throws {
    try place.expectOneComplaint("convert", Fixture.layers, "-o", output)
    #expect(place.names.isEmpty)
  }

  @Test("A disk that takes only the first bytes", arguments: ["export", "convert"])
  func theDiskIsFull(_ command: String) throws {
    let old = Array("what was there before".utf8)
    try Data(old).write(to: URL(filePath: place.path("out.npz")))
    let outcome = try place.shell("ulimit -f 1; cka \(command) '\(Fixture.layers)' -o out.npz")
    #expect(outcome.status == 1)
    #expect(outcome.complaints.contains("cka: out.npz: cannot be written: "))
    #expect(place.names == ["out.npz"])
    #expect(try place.bytes("out.npz") == old)
  }

  @Test(arguments: [
    "cka export '\(Fixture.minibatches)' -o -", "cka show '\(Fixture.minibatches)'",
    "cka info '\(Fixture.layers)'", "cka info --json '\(Fixture.layers)'", "cka keys",
    "cka '\(Fixture.layers)' --dump-screen", "cka doctor",
  ])
  func standardOutputIsFull(_ line: String) throws {
    let outcome = try place.shell("\(line) > /dev/full")
    #expect(outcome.status == 1)
    #expect(outcome.complaints.hasPrefix("cka: standard output cannot be written: No space left"))
  }
}

extension Shell.Outcome {
  /// Columns and rows in the header of a PPM.
  fileprivate var ppmSize: [Int] {
    let fields = output.prefix(200).split { $0 == 0x0A || $0 == 0x20 }
    let numbers = fields.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    return Array(numbers.prefix(2))
  }
}

extension Place {
  /// A copy of the project's sample data in the working folder: what other tools saved, without the
  /// experiments' studies and curves.
  func copySampleData() throws {
    try FileManager.default.copyItem(
      atPath: "\(Fixture.project)/SampleData", toPath: path("SampleData"))
    try FileManager.default.removeItem(atPath: path("SampleData/5-experiments"))
  }
}
