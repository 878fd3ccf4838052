import Foundation
import Similarity
import TestSupport
import Testing

/// `cka compare`, `cka freeze` and `cka match`, against figures that are worked out here.
@Suite struct AnalysisCommandTests {
  private let place: Place
  private let rows = ["conv1", "layer1", "fc"]
  private let a = [[0.9, 0.2, 0.1], [0.3, 0.95, 0.4], [0.85, 0.5, 0.55]]
  private let b = [[0.8, 0.25, 0.1], [0.35, 0.25, 0.4], [0.05, 0.5, 0.6]]

  init() throws {
    place = try Place()
    try write(a, rows: rows, columns: rows, to: "a.json")
    // The same layers in another order, and one that A lacks.
    let order = [2, 0, 1]
    try write(
      order.map { i in order.map { b[i][$0] } + [0.5] }, rows: order.map { rows[$0] },
      columns: order.map { rows[$0] } + ["extra"], to: "b.json")
  }

  private func write(
    _ values: [[Double]], rows: [String], columns: [String], models: (String, String) = ("m", "m"),
    datasets: (String, String) = ("train", "test"), to name: String
  ) throws {
    let record: [String: Any] = [
      "CKA": values, "model1_name": models.0, "model2_name": models.1, "model1_layers": rows,
      "model2_layers": columns, "dataset1_name": datasets.0, "dataset2_name": datasets.1,
    ]
    try JSONSerialization.data(withJSONObject: record).write(to: URL(filePath: place.path(name)))
  }

  /// The JSON object that a command prints.
  private func record(_ arguments: String...) throws -> [String: Any] {
    let line = arguments.map { "'\($0)'" }.joined(separator: " ")
    let outcome = try place.shell("cka \(line) --json")
    #expect(outcome.status == 0, "\(outcome.complaints)")
    let json = try JSONSerialization.jsonObject(with: Data(outcome.output))
    return try #require(json as? [String: Any])
  }

  // MARK: compare

  @Test("compare pairs layers by name, counts what is left out, and sums up A − B")
  func comparison() throws {
    let record = try record("compare", "a.json", "b.json", "--top", "2")
    let differences = zip(a.joined(), b.joined()).map { $0 - $1 }
    #expect(record["common_rows"] as? Int == 3 && record["common_columns"] as? Int == 3)
    #expect(record["left_out"] as? Int == 1 && record["cells"] as? Int == 9)
    let mean = try #require(record["mean"] as? Double)
    #expect(abs(mean - differences.reduce(0, +) / 9) < 1e-15)
    let magnitude = try #require(record["mean_magnitude"] as? Double)
    #expect(abs(magnitude - differences.map(abs).reduce(0, +) / 9) < 1e-15)
    // Foundation's reader may be off by the last digit.
    #expect(abs(try #require(record["largest"] as? Double) - 0.8) < 1e-15)
    #expect(record["cells_tested"] == nil && record["cells_differing"] == nil)
    let largest = try #require(record["largest_cells"] as? [[String: Any]])
    #expect(largest.map { $0["row"] as? String } == ["fc", "layer1"])
    #expect(largest.map { $0["column"] as? String } == ["conv1", "layer1"])
    let found = largest.compactMap { $0["difference"] as? Double }
    #expect(found.count == 2 && abs(found[0] - 0.8) < 1e-15 && abs(found[1] - 0.7) < 1e-15)
    #expect(largest[1]["a"] as? Double == 0.95 && largest[1]["b"] as? Double == 0.25)
  }

  @Test("compare says the same in words, and writes the difference as values")
  func comparisonInWords() throws {
    let outcome = try place.cka("compare", "a.json", "b.json", "--top", "1", "--export", "d.csv")
    #expect(outcome.status == 0 && outcome.complaints == "cka: wrote d.csv\n")
    #expect(outcome.text.contains("common layers   3 × 3; 1 left out"), "\(outcome.text)")
    #expect(outcome.text.contains("fc × conv1  +0.8000  0.8500 − 0.0500"), "\(outcome.text)")
    #expect(
      outcome.text.contains("not tested: not both results keep the values of their minibatches"))
    let lines = try String(decoding: place.bytes("d.csv"), as: UTF8.self).split(separator: "\n")
    let cells = try #require(lines.last { $0.hasPrefix("fc,") }).split(separator: ",")
    #expect(cells.dropFirst().map { Double($0) } == zip(a[2], b[2]).map { $0 - $1 })
  }

  @Test("compare refuses one result twice, and results without a common layer")
  func noComparison() throws {
    let same = try place.cka("compare", "a.json")
    #expect(same.status == 1 && same.output.isEmpty)
    #expect(same.complaints.hasPrefix("cka: a.json: A and B are the same result; name another "))
    try write([[1]], rows: ["x"], columns: ["y"], to: "c.json")
    let strange = try place.cka("compare", "a.json", "c.json")
    #expect(strange.status == 1 && strange.output.isEmpty)
    #expect(
      strange.complaints == "cka: A and B have no row, or no column, with the same name\n")
    #expect(try place.cka("compare", "a.json", "missing.json").status == 1)
    #expect(try place.cka("compare", "a.json", "b.json", "--top", "-1").status == 64)
  }

  @Test("compare chooses the pair in both files, or in each of them")
  func choosingPairs() throws {
    for name in ["1", "2"] {
      let folder = "runs\(name)"
      try FileManager.default.createDirectory(
        atPath: place.path(folder), withIntermediateDirectories: false)
      for (models, file) in [(("x", "y"), "xy"), (("x", name), "xn")] {
        try write(
          name == "1" ? a : b, rows: rows, columns: rows, models: models,
          to: "\(folder)/\(file).json")
      }
    }
    let both = try record("compare", "runs1", "runs2", "--pair", "x,y")
    #expect(both["file_a"] as? String == "runs1/xy.json")
    #expect(both["file_b"] as? String == "runs2/xy.json")
    let each = try record("compare", "runs1", "runs2", "--pair", "x,y", "--pair-b", "x,2")
    #expect(each["file_a"] as? String == "runs1/xy.json")
    #expect(each["file_b"] as? String == "runs2/xn.json")
    let own = try record("compare", "runs1", "--pair-a", "x,1", "--pair-b", "x,y")
    #expect(own["file_a"] as? String == "runs1/xn.json")
    #expect(own["file_b"] as? String == "runs1/xy.json")
    let missing = try place.cka("compare", "runs1", "runs2", "--pair", "x,1")
    #expect(missing.status == 1 && missing.complaints.count { $0 == "\n" } == 1)
    #expect(
      missing.complaints.hasPrefix("cka: runs2: nothing fits --pair 'x,1'; it has "),
      "\(missing.complaints)")
    #expect(missing.complaints.contains("--pair-b A,B"))
    #expect(try place.cka("compare", "runs1", "runs2", "--pair-b", "x").status == 64)
  }

  // MARK: freeze

  @Test("freeze lists the layers above the threshold, and where the first one fails")
  func freezing() throws {
    let record = try record("freeze", "a.json", "--threshold", "0.7")
    let layers = try #require(record["layers"] as? [[String: Any]])
    #expect(layers.map { $0["name"] as? String } == rows)
    #expect(layers.map { $0["cka"] as? Double } == [0.9, 0.95, 0.55])
    #expect(layers.map { $0["passes"] as? Bool } == [true, true, false])
    #expect(record["leading"] as? Int == 2 && record["left_out"] as? Int == 0)
    #expect(record["uses_intervals"] as? Bool == false)
    #expect(record["dataset1"] as? String == "train" && record["dataset2"] as? String == "test")
    let words = try place.cka("freeze", "a.json", "--threshold", "0.7").text
    #expect(words.contains("2 of 3 layers exceed 0.7 by the value alone"), "\(words)")
    #expect(words.contains("candidates for freezing: the first 2, up to layer1"), "\(words)")
    #expect(words.contains("not that a layer can be used as it is"), "\(words)")
    #expect(record["caveat"] as? String == FreezeTable.caveat)
    let csv = try place.cka("freeze", "a.json", "--threshold", "0.92", "--csv").text
    #expect(
      csv == """
        layer,cka,half_width,passes
        conv1,0.9,nan,false
        layer1,0.95,nan,true
        fc,0.55,nan,false

        """)
  }

  @Test("freeze puts accuracies from a file beside the layers")
  func accuracies() throws {
    try Data("layer,probe,frozen\nconv1,91.5,90\nfc,88,\n".utf8).write(
      to: URL(filePath: place.path("acc.csv")))
    let words = try place.cka("freeze", "a.json", "--accuracy", "acc.csv").text
    #expect(words.contains("conv1   0.9000  probe 91.5  frozen 90"), "\(words)")
    #expect(words.contains("note: 1 of 3 layers have no figures in the file"), "\(words)")
    let csv = try place.cka("freeze", "a.json", "--accuracy", "acc.csv", "--csv").text
    #expect(
      csv.hasPrefix("layer,cka,half_width,passes,probe,frozen\nconv1,0.9,nan,false,91.5,90.0\n"))
    let record = try record("freeze", "a.json", "--accuracy", "acc.csv")
    let layers = try #require(record["layers"] as? [[String: Any]])
    #expect(layers[0]["figures"] as? [String: Double] == ["probe": 91.5, "frozen": 90])
    #expect(layers[2]["figures"] as? [String: Double] == ["probe": 88])
    try Data("conv1,high\nfc,low\n".utf8).write(to: URL(filePath: place.path("bad.csv")))
    let bad = try place.cka("freeze", "a.json", "--accuracy", "bad.csv")
    #expect(bad.status == 1 && bad.output.isEmpty)
    #expect(
      bad.complaints.hasPrefix("cka: bad.csv: 'low' is no number (line 2)"), "\(bad.complaints)")
    #expect(try place.cka("freeze", "a.json", "--accuracy", "none.csv").status == 1)
  }

  @Test("freeze demands that the whole interval lies above the threshold")
  func freezingWithIntervals() throws {
    let computed = try place.compute(
      [
        GoldenSet.small.activations, "--batch-size", "16", "--layers",
        "/^(fc|pool|blocks\\.0(\\.conv1)?)$/",
      ])
    try #require(computed.status == 0, "\(computed.complaints)")
    let record = try self.record("freeze", "out.cka.safetensors", "--pair", "Student,Teacher")
    let layers = try #require(record["layers"] as? [[String: Any]])
    let bundle = try place.bundle()
    let models = try #require(bundle.study["models"] as? [[String: Any]])
    let first = try #require((bundle.study["comparisons"] as? [[String: Any]])?.first)
    let names = try ["rows", "columns"].map { side in
      let index = try #require(first[side] as? Int)
      return try #require(models[index]["layers"] as? [String])
    }
    let (values, widths) = (try bundle.grid("cka.0"), try bundle.grid("halfwidth.0"))
    try #require(!layers.isEmpty)
    for layer in layers {
      let name = try #require(layer["name"] as? String)
      let row = try #require(names[0].firstIndex(of: name))
      let cell = row * values.columns + (try #require(names[1].firstIndex(of: name)))
      let found = try (#require(layer["cka"] as? Double), #require(layer["half_width"] as? Double))
      #expect(abs(found.0 - values.values[cell]) < 1e-15)
      #expect(abs(found.1 - widths.values[cell]) < 1e-15)
      let lower = values.values[cell] - widths.values[cell]
      // Both sides of the rule, whatever the figures are.
      for (threshold, passes) in [(lower - 1e-9, true), (lower + 1e-9, false)] {
        let judged = try self.record(
          "freeze", "out.cka.safetensors", "--pair", "Student,Teacher", "--threshold",
          "\(threshold)")
        let found = (judged["layers"] as? [[String: Any]])?.first { $0["name"] as? String == name }
        #expect(found?["passes"] as? Bool == passes, "\(name)")
      }
    }
    #expect(record["uses_intervals"] as? Bool == true)
  }

  @Test("freeze refuses results whose layers have no partners, and a threshold that is none")
  func noFreezing() throws {
    try write([[0.5]], rows: ["x"], columns: ["y"], to: "c.json")
    let outcome = try place.cka("freeze", "c.json")
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    #expect(outcome.complaints.hasPrefix("cka: c.json: no layer of the rows has a partner"))
    try write(
      a, rows: rows, columns: rows.dropLast() + ["head"], models: ("m", "n"), to: "two.json")
    let two = try place.cka("freeze", "two.json")
    #expect(two.status == 1 && two.output.isEmpty && two.complaints.count { $0 == "\n" } == 1)
    #expect(two.complaints.contains("are two models, not one on two data sets"))
    // One model may have a name for each data set.
    try write(a, rows: rows, columns: rows, models: ("m", "m shifted"), to: "named.json")
    #expect(try place.cka("freeze", "named.json").text.contains("note: the models differ in name"))
    #expect(try place.cka("freeze", "a.json", "--threshold", "nan").status == 64)
    #expect(try place.cka("freeze", "a.json", "--json", "--csv").status == 64)
  }

  // MARK: match

  @Test("match names the best column of each row, and whether the choice is mutual")
  func matching() throws {
    let record = try record("match", "a.json")
    let layers = try #require(record["layers"] as? [[String: Any]])
    #expect(layers.map { $0["layer"] as? String } == rows)
    #expect(layers.map { $0["match"] as? String } == ["conv1", "layer1", "conv1"])
    #expect(layers.map { $0["cka"] as? Double } == [0.9, 0.95, 0.85])
    #expect(layers.map { $0["is_mutual"] as? Bool } == [true, true, false])
    // Of the pairs of rows one agrees, one is opposed and one is tied.
    #expect(record["order"] as? Double == 0)
    let words = try place.cka("match", "a.json").text
    #expect(words.contains("fc      >  conv1   0.8500"), "\(words)")
    #expect(words.contains("2 of 3 matches are mutual, order kept to 0.00"), "\(words)")
  }

  @Test("match of a row without values has none")
  func noMatch() throws {
    try Data(
      #"{"CKA": [[NaN, NaN], [0.25, 0.5]], "model1_layers": ["x", "y"], "model2_layers": ["u", "v"]}"#
        .utf8
    ).write(to: URL(filePath: place.path("n.json")))
    let layers = try #require(try record("match", "n.json")["layers"] as? [[String: Any]])
    #expect(layers[0]["cka"] as? Double == nil && layers[0]["match"] as? String == nil)
    #expect(layers[1]["match"] as? String == "v" && layers[1]["is_mutual"] as? Bool == true)
    #expect(try place.cka("match", "n.json").text.contains("x  >  (no value)"))
    let missing = try place.cka("match", "nowhere.json")
    #expect(missing.status == 1 && missing.output.isEmpty && !missing.complaints.isEmpty)
  }

  @Test("match --all-pairs tells how often the best match is the same layer")
  func allPairs() throws {
    try FileManager.default.createDirectory(
      atPath: place.path("nets"), withIntermediateDirectories: false)
    let good = [[0.9, 0.2, 0.1], [0.3, 0.95, 0.4], [0.1, 0.5, 0.55]]
    for (file, models, values) in [
      ("xy", ("x", "y"), good), ("xz", ("x", "z"), a), ("yz", ("y", "z"), good),
    ] {
      try write(
        values, rows: rows, columns: rows, models: models, datasets: ("d", "d"),
        to: "nets/\(file).json")
    }
    let record = try record("match", "nets", "--all-pairs")
    let group = try #require((record["groups"] as? [[String: Any]])?.first)
    #expect(group["networks"] as? [String] == ["x", "y", "z"])
    #expect(group["ordered_pairs"] as? Int == 6)
    // fc of x is most like conv1 of z, and nothing else goes wrong.
    #expect(abs(try #require(group["share"] as? Double) - 17.0 / 18) < 1e-15)
    let words = try place.cka("match", "nets", "--all-pairs").text
    #expect(words.contains("the same layer in 94.4 % ± "), "\(words)")
    #expect(words.contains("by chance 33.3 %"), "\(words)")
    #expect(words.contains("83.3 %  5 of 6"), "\(words)")
    let some = try place.cka("match", "nets", "--all-pairs", "--layers", "!fc").text
    #expect(some.contains("the same layer in 100.0 %"), "\(some)")
    #expect(try place.cka("match", "a.json", "--all-pairs").status == 1)
    #expect(try place.cka("match", "a.json", "--layers", "fc").status == 64)
  }

  // MARK: seeds

  @Test("seeds groups results by the seeds in their names; compare --seeds tests groups")
  func seeds() throws {
    try FileManager.default.createDirectory(
      atPath: place.path("runs"), withIntermediateDirectories: false)
    // scipy: ttest_ind([.62, .58, .66, .61, .64], [.55, .57, .52, .6], equal_var=False).
    for (name, values) in [
      ("kd", [0.62, 0.58, 0.66, 0.61, 0.64]), ("alone", [0.55, 0.57, 0.52, 0.6]),
    ] {
      for (seed, value) in values.enumerated() {
        try write(
          [[value]], rows: ["fc"], columns: ["fc"],
          models: ("\(name)-seed\(seed)", "t-seed\(seed)"),
          datasets: ("d", "d"), to: "runs/\(name)\(seed).json")
      }
    }
    let listed = try place.cka("seeds", "runs").text
    #expect(listed.contains("kd × t: 5 pairs of the same seed, seeds 0, 1, 2, 3, 4"), "\(listed)")
    #expect(
      listed.contains("fc  0.6220 ± 0.030") || listed.contains("fc  0.6220  ± 0.030"), "\(listed)")
    let record = try record("compare", "runs", "--seeds", "--pair-a", "kd,t", "--pair-b", "alone,t")
    #expect(record["cells_differing"] as? Int == 1)
    let cell = try #require((record["largest_cells"] as? [[String: Any]])?.first)
    #expect(abs(try #require(cell["p"] as? Double) - 0.0274765975864144) < 1e-9)
    let words = try place.cka(
      "compare", "runs", "--seeds", "--pair-a", "kd,t", "--pair-b", "alone,t"
    ).text
    #expect(words.contains("the chance is that of seeds"), "\(words)")
    let same = try place.cka("compare", "runs", "--seeds", "--pair", "kd,t")
    #expect(same.status == 1 && same.complaints.contains("A and B are the same group, kd × t"))
    let many = try place.cka("compare", "runs", "--seeds")
    #expect(many.status == 1 && many.complaints.contains("2 groups of seeds fit"))
    let none = try place.cka("seeds", "a.json")
    #expect(none.status == 1 && none.complaints.contains("no name tells a seed"))
    #expect(try place.cka("seeds", "runs", "--group", "{name}").status == 64)
    let said = try place.cka("seeds", "runs", "--group", "{name}-seed{seed}").text
    #expect(said == listed)
  }

  // MARK: Labels in doubt

  @Test("labels that may stand on other rows are told wherever names go out")
  func suspectLabels() throws {
    let registered = ["", "stem", "stem.0", "stem.1", "head"]
    let values = (0..<5).map { row in (0..<5).map { $0 == row ? 1.0 : 0.5 } }
    try write(values, rows: registered, columns: registered, to: "s.json")
    try write(values, rows: registered, columns: registered, to: "t.json")
    for line in [
      "freeze s.json --csv", "match s.json", "compare s.json t.json", "export s.json -o v.csv",
    ] {
      let doubted = try place.shell("cka \(line)")
      #expect(
        doubted.status == 0 && doubted.complaints.contains("s.json: labels suspect: "), "\(line)")
      let executed = try place.shell("cka \(line) --executed-labels")
      #expect(executed.status == 0 && !executed.complaints.contains("suspect"), "\(line)")
    }
    #expect(try place.shell("cka freeze s.json").text.contains("note: labels suspect: "))
    #expect(try !place.shell("cka freeze a.json").text.contains("suspect"))
  }
}
