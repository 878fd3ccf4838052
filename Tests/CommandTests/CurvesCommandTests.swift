import Foundation
import TestSupport
import Testing

/// Curves in every command that knows them, and a word from those that do not.
@Suite struct CurvesCommandTests {
  private let place: Place
  private static let capacity = Fixture.made("curves_capacity.json")
  private static let seeds = Fixture.made("curves_seeds.csv")

  init() throws { place = try Place() }

  @Test func infoNamesAxesAndSeries() throws {
    let words = try place.cka("info", Self.capacity)
    #expect(words.status == 0)
    for text in [
      "  4 curves, JSON", "x teacher depth  y student accuracy (%)",
      "error bars: ±1 standard deviation", "  KD: 4 points  x 4.0 to 10.0  min 96.7  max 97.2",
    ] { #expect(words.text.contains(text), "\(text)") }
    let records = try #require(
      JSONSerialization.jsonObject(
        with: Data(place.cka("info", "--json", Self.capacity).output)) as? [[String: Any]])
    let record = try #require(records.first)
    #expect(record["kind"] as? String == "curves" && record["error_bar"] as? String == "std")
    let series = try #require(record["series"] as? [[String: Any]])
    #expect(series.map { $0["name"] as? String } == ["teacher", "DPK", "KD", "alone"])
    #expect(series[3]["missing"] as? Int == 1 && series[0]["max"] as? Double == 98.7)
  }

  @Test func showDrawsThem() throws {
    let shown = try place.cka("show", "--color", "none", "--width", "72", Self.capacity)
    #expect(shown.status == 0 && shown.text.contains("Capacity gap on digits"))
    #expect(shown.text.contains("● teacher") && shown.text.contains("teacher depth →"))
    let fromZero = try place.cka("show", "--color", "none", "--from-zero", Self.capacity)
    #expect(fromZero.text.contains(" 0 ┤"))
    let none = try place.cka("show", "--view", "layers", Self.capacity)
    #expect(none.status == 1 && none.complaints.contains("holds no layer matrix"))
  }

  @Test(arguments: ["ppm", "png", "svg"])
  func theExplorersKeyWritesTheSameBytes(_ format: String) throws {
    try place.configure("export-format: \(format)\n")
    let plain = try place.cka("export", Self.capacity, "-o", "out.\(format)")
    #expect(plain.status == 0 && plain.complaints == "cka: wrote out.\(format)\n")
    let dumped = try place.cka("--dump-screen", "--keys", "e", Self.capacity)
    #expect(
      dumped.status == 0 && dumped.text.contains("wrote curves_capacity-curves.\(format)"))
    #expect(try place.bytes("curves_capacity-curves.\(format)") == place.bytes("out.\(format)"))
  }

  @Test func exportedValuesReadBack() throws {
    for format in ["csv", "json"] {
      #expect(try place.cka("export", Self.seeds, "-o", "out.\(format)").status == 0)
      let again = try place.cka("info", "out.\(format)").text
      #expect(again.contains("  2 curves, ") && again.contains("DPK: 2 points"))
    }
    for (arguments, reason) in [
      (["-o", "out.npy"], "curves are written as csv or json, not as npy"),
      (["-o", "out.png", "--raw"], "curves have no cells"),
      (["-o", "out.png", "--view", "layers"], "holds no layer matrix"),
    ] {
      let outcome = try place.shell("cka export \(Self.seeds) \(arguments.joined(separator: " "))")
      #expect(outcome.status == 1 && outcome.complaints.contains(reason), "\(outcome.complaints)")
      #expect(!place.names.contains(arguments[1]))
    }
  }

  @Test func convertKeepsThemAsTextAndSaysSo() throws {
    let json = try place.cka("convert", Self.seeds, "-o", "out.json")
    #expect(json.status == 0 && json.complaints == "cka: wrote 1 result to out.json\n")
    let both = try place.cka("convert", Self.seeds, Self.capacity, "-o", "both.json")
    #expect(both.complaints == "cka: wrote 2 results to both.json\n")
    #expect(try place.cka("info", "both.json").text.contains("  [[1]]"))
    let bundle = try place.cka("convert", Self.seeds, "-o", "out.cka.safetensors")
    #expect(bundle.status == 1)
    #expect(
      bundle.complaints == "cka: curves are not put into bundles; write .json or .csv\n")
    let mixed = try place.cka("convert", Self.seeds, Fixture.layers, "-o", "out.npz")
    #expect(mixed.status == 0 && mixed.complaints.contains("left out: curves and comparisons"))
    #expect(mixed.complaints.contains("cka: wrote 1 result to out.npz\n"))
    #expect(mixed.complaints.contains("resnet18_vs_resnet34_full.pkl: labels suspect"))
  }

  @Test(arguments: ["match", "freeze", "compare"])
  func whatNeedsLayersSaysWhatIsThere(_ command: String) throws {
    let outcome = try place.cka(command, Self.capacity)
    #expect(outcome.status == 1)
    #expect(
      outcome.complaints.contains("holds no layer matrix: it has curves"), "\(outcome.complaints)")
    #expect(outcome.complaints.split(separator: "\n").count == 1)
  }
}
