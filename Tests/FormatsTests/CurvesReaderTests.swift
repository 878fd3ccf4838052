import Core
import Similarity
import Testing

@testable import Formats

/// What `text` holds, as a file would be read.
private func results(_ text: String) throws -> [SavedResult] {
  try ResultFile.results(region: ByteRegion(copying: Array(text.utf8)), path: "c.csv")
}

private func curves(_ text: String) throws -> Curves {
  try #require(try results(text).first?.curves)
}

private func complaint(_ text: String) -> String {
  do {
    _ = try results(text)
    return "no complaint"
  } catch {
    return (error as? FormatError)?.description ?? "\(error)"
  }
}

@Suite struct CurvesCSVTests {
  @Test func aMeanARow() throws {
    let found = try curves(
      "method,depth,mean,std,n\nKD,8,97.1,0.5,5\nKD,4,96.8,0.4,4\nDPK,4,96.9,,\nDPK,8,nan,0.1,5\n")
    #expect(found.xName == "depth" && found.yName.isEmpty && found.errorBar == .deviation)
    #expect(found.series.map(\.name) == ["KD", "DPK"])
    #expect(found.series[0].x == [4, 8] && found.series[0].mean == [96.8, 97.1])
    #expect(found.series[0].halfLengths == [0.4, 0.5] && found.series[0].counts == [4, 5])
    #expect(found.series[1][0].count == nil && found.series[1][1].mean.isNaN)
    #expect(found.warnings == ["means that are NaN, drawn as gaps: 1"])
  }

  @Test(arguments: [
    ("sd", Curves.ErrorBar.deviation), ("Deviation", .deviation), ("SEM", .standardError),
    ("ci95", .interval),
  ])
  func theKindOfErrorBarIsKept(_ name: String, _ kind: Curves.ErrorBar) throws {
    let found = try curves("epoch,loss,\(name)\n1,2.5,0.25\n2,1.5,0.125\n")
    #expect(found.errorBar == kind && found.yName == "loss" && found.xName == "epoch")
    #expect(found.series.count == 1 && found.series[0].halfLengths == [0.25, 0.125])
  }

  @Test func severalRowsOfOneXAreAveraged() throws {
    let found = try curves(
      "method,depth,seed,accuracy\nKD,4,0,1\nKD,4,1,2\nKD,4,2,6\nKD,6,0,5\nDPK,4,0,nan\nDPK,4,1,3\n"
    )
    #expect(found.yName == "accuracy" && found.errorBar == .deviation)
    let kd = found.series[0]
    #expect(kd.x == [4, 6] && kd.mean == [3, 5] && kd.counts == [3, 1])
    // Deviations −2, −1 and 3: √(14 / 2).
    #expect(kd[0].halfLength == 7.0.squareRoot() && kd[1].halfLength.isNaN)
    #expect(found.series[1][0].mean == 3 && found.series[1][0].count == 1)
    #expect(
      found.warnings == ["means and sample standard deviations are computed from 6 rows"])
  }

  @Test func runsOfOneSeriesAreAveraged() throws {
    let found = try curves("seed,epoch,loss\n0,1,4\n0,2,2\n1,1,6\n1,2,2\n")
    #expect(found.xName == "epoch" && found.yName == "loss" && found.series.count == 1)
    #expect(found.series[0].mean == [5, 2] && found.series[0].counts == [2, 2])
  }

  @Test func pandasIndexIsLeftOut() throws {
    let found = try curves(",method,depth,mean,std\n0,KD,4,1,0.5\n1,KD,6,2,0.5\n")
    #expect(found.series[0].x == [4, 6] && found.xName == "depth")
  }

  @Test func numbersMayNameSeriesAndTabsMaySeparate() throws {
    let found = try curves("series\tx\tmean\tn\n10\t1\t2\t3\n20\t1\t3\t3\n")
    #expect(found.series.map(\.name) == ["10", "20"] && found.format.description == "TSV")
  }

  @Test(
    "what is read as a matrix or as minibatches stays so",
    arguments: [
      "layer,conv1,fc\nconv1,1,0.5\nfc,0.5,1\n", "x,a,b\nr,0.1,0.2\n",
      ",mean,fc\nmean,1,0.5\nfc,0.5,1\n",
      "layer,mean,std\nconv1,0.5,0.1\nfc,0.6,0.1\n", "layer,x,mean\nconv1,0.5,0.1\nfc,0.6,0.1\n",
      "1,2\n3,4\n", "layer,a,mean,fc\na,1,0.5,0.2\nmean,0.5,1,0.3\nfc,0.2,0.3,1\n",
      "minibatch,score\n1,0.5\n2,0.25\n", "name,a,b\nr,0.1,0.2\ns,0.1,0.2\n",
      "epoch,accuracy\n1,0.5\n2,0.6\n", "score\n1\n2\n",
      "fold,layer1,layer2\n0,0.5,0.25\n1,0.5,0.75\n2,0.25,0.5\n",
      "fold,layer1,layer2\n0,1,0.25\n0,1,0.5\n1,1,0.75\n1,0.5,0.75\n",
    ])
  func nothingIsStolen(_ text: String) throws {
    let found = try results(text)
    #expect(found.count == 1 && found[0].comparison != nil)
  }

  @Test(arguments: [
    ("series,x,mean,std\nKD,4,1,0.5\nKD,five,1,0.5\n", "'five' is not a number (line 3, column 2)"),
    (
      "series,x,mean,std\nKD,4,1,0.5\nKD,6,1\n",
      "the row has 3 fields, the first row has 4 (line 3)"
    ),
    (
      "series,x,mean,std\nKD,4,1,-0.5\n",
      "series 'KD': an error bar of -0.5 (key 'curves', series 1)"
    ),
    (
      "series,x,mean,std\nKD,4,1,1\nKD,4,2,1\n",
      "series 'KD': x = 4.0 comes twice (key 'curves', series 1)"
    ),
    ("series,x,mean,std\nKD,,1,0.5\n", "x is not a finite number (line 2, column 2)"),
    ("series,x,mean,std\nKD,1e999,1,0.5\n", "x is not a finite number (line 2, column 2)"),
    ("series,x,mean,n\nKD,1,2,2.5\n", "2.5 is no count (key 'curves', series 1, key 'n')"),
    ("series,x,mean,std\nKD,4,nan,0.5\n", "no series has a mean that is a number (key 'curves')"),
  ])
  func brokenOnesAreRefusedInOneLine(_ text: String, _ reason: String) {
    let line = complaint(text)
    #expect(line.contains(reason) && !line.contains("\n"), "\(line)")
  }

  @Test func thereAreNeverTooManySeries() {
    let rows = (0...100).map { "s\($0),1,2,3\n" }.joined()
    #expect(complaint("series,x,mean,std\n" + rows).contains("more than 100 series (line 102)"))
  }

  @Test func aHundredThousandRowsAreRead() throws {
    let rows = (0..<100_000).map { "\($0 % 2 == 0 ? "a" : "b"),\($0 / 200),\($0)\n" }.joined()
    let found = try curves("name,x,y\n" + rows)
    #expect(found.series.map(\.x.count) == [500, 500] && found.series[0].counts?[0] == 100)
    #expect(found.series[0].mean[0] == 99 && found.series[1].mean[0] == 100)
  }
}

@Suite struct CurvesJSONTests {
  @Test func everyKeyIsKept() throws {
    let found = try curves(
      #"""
      {"curves": {"title": "T", "x": "depth", "y": "accuracy (%)", "caption": "One.\n Two.",
      "series": [{"name": "KD", "x": [4, 6], "mean": [96.5, null], "ci95": [0.5, null], "n": [5, null]},
      {"name": "KD", "x": [4], "mean": [NaN]}]}}
      """#)
    #expect(found.title == "T" && found.xName == "depth" && found.yName == "accuracy (%)")
    #expect(found.caption == "One. Two." && found.errorBar == .interval)
    #expect(found.series.map(\.name) == ["KD", "KD (2)"])
    #expect(found.series[0].mean[0] == 96.5 && found.series[0].mean[1].isNaN)
    #expect(found.series[0].counts == [5, 0] && found.series[1].halfLengths == nil)
  }

  @Test func severalFiguresInOneFile() throws {
    let one = #"{"series": [{"name": "a", "x": [1], "mean": [2]}]}"#
    let all = try results("{\"curves\": [\(one), \(one)]}")
    #expect(all.map(\.id.key) == ["[0]", "[1]"] && all.allSatisfy { $0.curves != nil })
  }

  @Test func resultsOfCKAAreNotStolen() throws {
    for text in [
      #"{"CKA": [[1, 2]], "curves": {"series": []}}"#,
      #"{"curves": {"run": {"CKA": [[1, 2]]}}}"#, #"{"curves": {"CKA": [[1]], "x": 1}}"#,
    ] { #expect(try results(text).first?.comparison != nil, "\(text)") }
  }

  @Test(arguments: [
    (#""title": "T""#, "no list of series (key 'curves'); each needs"),
    (#""series": []"#, "there is no series (key 'curves')"),
    (#""series": [5]"#, "no list of series (key 'curves')"),
    (#""series": [{"x": [1]}]"#, "no key 'mean' (key 'curves', series 1)"),
    (#""series": [{"mean": [1]}]"#, "no key 'x' (key 'curves', series 1)"),
    (#""series": [{"x": [1, 2], "mean": [1]}]"#, "a series without a name: 2 x but 1 means"),
    (#""series": [{"x": [null], "mean": [1]}]"#, "x is nan, not a finite number"),
    (#""series": [{"x": ["a"], "mean": [1]}]"#, "text where a number should stand"),
    (#""series": [{"x": {}, "mean": [1]}]"#, "a dictionary where a list of numbers should stand"),
    (#""series": [{"name": [5, 6], "x": [1], "mean": [1]}]"#, "the name is no text"),
    (#""title": [5, 6], "series": [{"x": [1], "mean": [1]}]"#, "an array where text should stand"),
    (
      #""series": [{"x": [1], "mean": [1], "std": [1]}, {"x": [1], "mean": [1], "sem": [1]}]"#,
      "error bars are sem here, std in a series before"
    ),
  ])
  func brokenOnesAreRefusedInOneLine(_ body: String, _ reason: String) {
    let line = complaint("{\"curves\": {\(body)}}")
    #expect(line.contains(reason) && !line.contains("\n"), "\(line)")
  }

  @Test func namesAreMadeHarmless() throws {
    let found = try curves(
      #"{"curves": {"title": "\u001b[2J", "series": [{"name": "a\nb", "x": [1], "mean": [2]}]}}"#)
    #expect(found.title == "\\u{1B}[2J" && found.series[0].name == "a\\nb")
  }

  @Test func infiniteMeansAreReported() throws {
    let found = try curves(
      #"{"curves": {"series": [{"name": "a", "x": [1, 2], "mean": [Infinity, 1e308]}]}}"#)
    #expect(found.warnings == ["infinite means, drawn as gaps: 1"])
  }
}

@Suite struct CurvesFileTests {
  private static let names = ["curves_capacity.json", "curves_means.csv", "curves_seeds.csv"]

  private func fixture(_ name: String) throws -> Curves {
    let results = try ResultFile.results(path: FixtureFile.path("made/\(name)"))
    return try #require(results.first?.curves)
  }

  @Test("every cut is refused or still curves", arguments: names.prefix(2))
  func cuts(_ name: String) throws {
    let bytes = try FixtureFile.bytes("made/\(name)")
    for length in 0..<bytes.count {
      let region = ByteRegion(copying: Array(bytes[..<length]))
      do throws(FormatError) {
        let found = try ResultFile.results(region: region, path: "cut")
        #expect(found.allSatisfy { $0.curves != nil }, "\(length) bytes")
      } catch {
        #expect(!error.problem.isEmpty && !error.description.contains("\n"), "\(length) bytes")
      }
    }
  }

  @Test("JSON and CSV read back as the same curves", arguments: names)
  func roundTrips(_ name: String) throws {
    let original = try fixture(name)
    for (bytes, keepsWords) in [
      (ResultWriter.json(original), true), (ResultWriter.csv(original), false),
    ] {
      let again = try #require(
        try ResultFile.results(region: ByteRegion(copying: bytes), path: "b").first?.curves)
      #expect(again.series.map(\.name) == original.series.map(\.name))
      for (a, b) in zip(again.series, original.series) {
        // NaN is not equal to itself; its text is.
        #expect("\(a)" == "\(b)")
      }
      #expect(again.errorBar == original.errorBar && again.xName == original.xName)
      guard keepsWords else { continue }
      #expect(again.title == original.title && again.caption == original.caption)
      #expect(again.yName == original.yName)
    }
  }

  @Test func aTableKeepsWhatItsNamesWouldHide() throws {
    let hostile = try Curves(
      id: ResultID(path: "h"), format: "JSON", xName: "mean",
      series: [
        Curves.Series(name: "a,\"b\"", x: [1, 2], mean: [.nan, 1e308]),
        Curves.Series(name: "", x: [-0.5], mean: [.leastNonzeroMagnitude]),
      ])
    let again = try #require(
      try ResultFile.results(
        region: ByteRegion(copying: ResultWriter.csv(hostile)), path: "b"
      ).first?.curves)
    #expect(again.xName == "x" && "\(again.series)" == "\(hostile.series)")
  }

  @Test func thoseWhoWantComparisonsAreToldWhatItIs() {
    let path = FixtureFile.path("made/curves_means.csv")
    let error = #expect(throws: FormatError.self) {
      try ResultFile.read(path: path) as [Comparison]
    }
    #expect(error?.kind == .noResult)
  }
}
