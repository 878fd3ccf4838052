import Cells
import Similarity
import Testing

@testable import Explorer

@Suite("Profile, histogram, matches and the freeze table")
struct AnalysisPaneTests {
  @Test("P goes from profile to histogram to nothing")
  func cycle() {
    var scene = Scene([Sample.pair()], 160, 40)
    scene.press("Enter P")
    #expect(scene.screen.contains(" profile ") && scene.state.openPanes == [.layers, .profile])
    scene.press("P")
    #expect(scene.screen.contains(" histogram ") && scene.screen.contains("196 cells"))
    scene.press("P")
    #expect(scene.state.openPanes == [.layers] && !scene.screen.contains("histogram"))
  }

  @Test("row, column and diagonal are named after the crosshair's layers, and follow it")
  func lines() throws {
    var scene = Scene([Sample.pair()], 160, 40)
    scene.press("Enter P g 0")
    let bands = try #require(scene.state.profileData).bands
    #expect(bands.map(\.title) == ["row fc", "column conv1", "diagonal"])
    #expect(bands.map(\.here) == [0, 13, nil])
    #expect(bands[2].profile.values == Array(repeating: 1, count: 14))
    scene.press("t")
    #expect(scene.state.profileData?.bands.map(\.title) == ["column conv1", "row fc", "diagonal"])
  }

  @Test("a pair of different layers has no diagonal")
  func noDiagonal() {
    var scene = Scene([Sample.telling(3, 4)], 160, 40)
    scene.press("Enter P")
    #expect(scene.state.profileData?.bands.count == 2)
  }

  @Test("a study's profiles have half widths, and follow the filter")
  func widths() throws {
    var scene = Scene([Sample.study()], 160, 40)
    scene.press("Enter P f")
    scene.type("!r1")
    scene.press("Enter")
    let band = try #require(scene.state.profileData?.bands.last)
    #expect(band.profile.values.count == 3 && band.profile.halfWidths.count == 3)
    #expect(scene.screen.contains("± up to 0.0"))
  }

  @Test("on a small screen the profile takes the heatmap's place, and its keys move the crosshair")
  func small() {
    var scene = Scene([Sample.pair()], 80, 24)
    scene.press("Enter P")
    #expect(scene.state.focus == .profile && scene.screen.contains(" profile "))
    let before = scene.state.crosshair
    scene.press("h")
    #expect(scene.state.crosshair.column == before.column - 1)
    scene.press("P P")
    #expect(scene.state.focus == .layers)
  }

  @Test("bars are as high as their values, in eighths of a cell or in ASCII")
  func bars() {
    let result = Sample.layers(1, 4) { _, column in [0.125, 0.5, 1, .nan][column] }
    var scene = Scene([result], 80, 12, depth: .none)
    scene.press("Enter P")
    let rows = scene.text(in: Rect(x: 22, y: 2, width: 34, height: 3)).split(separator: "\n")
    #expect(rows.last?.contains("█") == true && rows.last?.contains("·") == true)
    var plain = Scene([result], 80, 12, depth: .none, unicode: false)
    plain.press("Enter P")
    #expect(plain.screen.contains("#") && breaches(of: plain.state) == [])
  }

  @Test("B marks the best column of each row, and follows transposition")
  func matches() throws {
    var scene = Scene([Sample.pair()], 120, 40, depth: .ansi8)
    scene.press("Enter B")
    #expect(scene.state.matchMarks?.columns == Array(0..<14))
    let place = try #require(scene.state.placement)
    let marked = (0..<place.pixelHeight).flatMap { y in
      (0..<place.pixelWidth).filter { scene.state.isMatchMark(pixelX: $0, y, place) }.map {
        [place.row(pixel: y), place.column(pixel: $0)]
      }
    }
    #expect(Set(marked) == Set((0..<14).map { [$0, $0] }))
    // The cell around the mark keeps its colour.
    let unit = place.unitWidth * place.unitHeight
    #expect(marked.count <= 14 * max(1, unit / 2))
    scene.press("t B")
    #expect(scene.state.matchMarks == nil)
  }

  @Test("B says how many matches are told from the second best, and i by how much")
  func margins() {
    var scene = Scene([Sample.study()], 120, 40)
    scene.press("Enter B")
    #expect(scene.footer.contains("4 of 4 are told from the second best"), "\(scene.footer)")
    scene.press("i")
    #expect(scene.screen.contains("Best match of r2"))
    #expect(scene.screen.contains("c2, 0.1000 ± 0"))
    var bare = Scene([Sample.pair()], 120, 40)
    bare.press("Enter B")
    #expect(bare.footer == " the best column of each row is marked")
  }

  @Test("F lists the layers that may be frozen, with their lower bounds")
  func freeze() {
    let result = Sample.study(
      3, 3, models: ("net", "net"), datasets: ("one", "two"), Sample.Looks(shift: 0.05))
    var scene = Scene([result], 120, 40)
    scene.press("Enter F")
    #expect(scene.screen.contains("candidates for freezing"))
    #expect(scene.screen.contains("* r0  0.9500  ± ") && scene.screen.contains("at least 0.9"))
    #expect(
      scene.screen.contains("3 of 3 layers exceed 0.9 with the whole of their 95 % intervals"))
    var bare = Scene([Sample.pair()], 120, 40)
    bare.press("Enter F")
    #expect(bare.screen.contains("the values alone decide"))
    var two = Scene(
      [Sample.study(3, 4, models: ("p", "q"), datasets: ("one", "one"), Sample.Looks())], 120, 40)
    two.press("Enter F")
    #expect(two.screen.contains("two models, not one on two data sets"))
    #expect(!two.screen.contains("candidates for freezing"))
  }

  @Test("+ and - move the threshold of the freeze table, which stays; 0 is that of the command")
  func freezeThreshold() {
    let result = Sample.study(
      3, 3, models: ("net", "net"), datasets: ("one", "two"), Sample.Looks(shift: 0.05))
    var scene = Scene([result], 120, 40)
    scene.press("Enter F")
    #expect(scene.screen.contains("threshold 0.90") && !scene.screen.contains("0 resets"))
    for _ in 0..<7 { scene.press("+") }
    #expect(scene.screen.contains("0 of 3 layers exceed 0.97"))
    scene.press("- Esc F")
    #expect(scene.screen.contains("threshold 0.96") && scene.screen.contains("0 resets"))
    for _ in 0..<200 { scene.press("-") }
    #expect(scene.screen.contains("threshold 0.00"))
    for _ in 0..<200 { scene.press("=") }
    #expect(scene.screen.contains("threshold 1.00"))
    scene.press("0 x")
    #expect(scene.screen.contains("3 of 3 layers exceed 0.9 with"))
    #expect(scene.footer.contains("x does nothing here"))
    scene.press("F")
    #expect(scene.state.overlay == nil)
  }

  @Test(
    "a long freeze table scrolls under what it means", arguments: [(80, 24), (60, 18), (40, 12)])
  func longFreezeTable(_ width: Int, _ height: Int) {
    let result = Sample.study(60, 60, models: ("net", "net"), datasets: ("one", "two"))
    var scene = Scene([result], width, height)
    scene.press("2 F")
    #expect(scene.screen.contains(" r0 ") && scene.screen.contains("of 60 layers"))
    scene.press("G")
    #expect(scene.screen.contains(" r59 ") && scene.screen.contains("of 60 layers"))
    scene.press("PgUp k j g")
    #expect(scene.screen.contains(" r0 ") && breaches(of: scene.state) == [])
  }

  @Test("all of it keeps to the rules at every size and depth", arguments: ColorDepth.allCases)
  func rules(depth: ColorDepth) {
    let results = [
      Sample.study(), Sample.study(12, 14, path: "runs/2.cka"), Sample.pair(), Sample.telling(3, 4),
      Sample.minibatches(400),
    ]
    for (width, height) in [(40, 12), (80, 24), (200, 50)] {
      for unicode in [true, false] {
        var scene = Scene(results, width, height, depth: depth, unicode: unicode)
        for _ in results {
          scene.press("]")
          for keys in ["Enter P B", "P", "F", "Esc d Enter", "D P P", "Esc B"] {
            scene.press(keys)
            #expect(breaches(of: scene.state) == [], "\(width) × \(height), \(keys)")
          }
        }
      }
    }
  }
}
