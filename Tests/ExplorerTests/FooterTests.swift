import Cells
import Core
import Similarity
import Testing

@testable import Explorer

@Suite("The last two lines, and the way on from nothing")
struct FooterTests {
  @Test(
    "under a window the last line has the window's keys, and no others",
    arguments: [
      ("?", " Up Down scroll  Esc closes"), ("i", " Up Down scroll  Esc closes"),
      (":", " Enter chooses  Up Down move  Esc leaves"),
      ("b", " Enter chooses  Up Down move  Esc leaves"),
      ("p", " Enter shows the pair  h j k l move  Esc leaves"),
      ("F", " + higher  - lower  Esc leaves"),
      ("W", " n new  Esc leaves"),
      ("S", " Enter checks  Tab completes  C-s saves  C-o opens  Esc leaves"),
    ])
  func windows(key: String, footer: String) {
    var scene = Scene([Sample.study(models: ("A", "A"))], 120, 40)
    let before = scene.footer
    scene.press(key)
    #expect(scene.footer == footer)
    scene.press("Esc")
    #expect(scene.footer == before)
  }

  @Test("how to leave is told on the smallest screen, too, and the value stays in sight")
  func smallWindows() {
    var scene = Scene([Sample.study(models: ("A", "A"))], 40, 12)
    scene.press("Enter")
    let readout = scene.readout
    for key in ["?", ":", "p", "F", "W", "S"] {
      scene.press(key)
      #expect(scene.footer.contains("Esc leaves") || scene.footer.contains("Esc closes"), "\(key)")
      #expect(scene.readout == readout, "\(key)")
      scene.press("Esc")
    }
  }

  @Test("where no result is, the keys that make one are told", arguments: [(120, 40), (40, 12)])
  func nothing(_ width: Int, _ height: Int) {
    var scene = Scene([], width, height)
    #expect(!scene.screen.contains("S  start"))
    scene.finishWalk()
    for line in ["no results here", "S  start a comparison, open a recipe", "W  jobs at work"] {
      #expect(scene.screen.contains(line), "\(line)")
    }
  }

  @Test(
    "the kinds of both layers stand behind their names where there is room, and in the information")
  func kinds() {
    let result = Sample.study(Sample.Looks(kinds: ([], ["Conv2d"])))
    var scene = Scene([result], 120, 40)
    scene.press("Enter g 0")
    #expect(scene.readout.hasSuffix(" r3 × c0  unknown × Conv2d"))
    scene.resize(40, 12)
    #expect(scene.readout.hasSuffix(" r3 × c0"))
    scene.press("i")
    scene.type("unknown")
    #expect(scene.screen.contains("unknown × Conv2d"))
    var bare = Scene([Sample.study()], 120, 40)
    bare.press("Enter g 0")
    #expect(bare.readout.hasSuffix(" r3 × c0"))
  }

  @Test("the kinds are those of the layers shown: filtered, and in a difference")
  func kindsOfTheShown() {
    let kinds = ["Conv2d", "ReLU", "Linear"]
    let study = Sample.study(
      3, 3, models: ("net", "net"), datasets: ("one", "two"), Sample.Looks(kinds: (kinds, kinds)))
    let other = Sample.telling(
      2, 2, path: "runs/z.pkl", rowNames: ["r2", "r0"], columnNames: ["r1", "r2"])
    var scene = Scene([study, other], 120, 40)
    scene.press("Enter f")
    scene.type("!r0")
    scene.press("Enter G 0")
    #expect(scene.state.layerKinds == ["ReLU", "ReLU"])
    scene.press("f C-u Enter d Enter g $")
    #expect(scene.names == "r2 × r2" && scene.state.layerKinds == ["Linear", "Linear"])
    scene.press("G 0")
    #expect(scene.names == "r0 × r1" && scene.state.layerKinds == ["Conv2d", "ReLU"])
  }

  @Test("a narrow screen rounds the value where its digits would cost a name")
  func rounded() {
    let names = ["block.mlp.projection", "block.mlp.embeddings"]
    let result = Sample.layers(2, 2, rowNames: names, columnNames: names) { row, column in
      [[0.123456789012, 1e-9], [1, 0.5]][row][column]
    }
    var scene = Scene([result], 60, 18)
    scene.press("Enter G 0")
    #expect(scene.readout.hasPrefix(" 0.1235 │ block.mlp.projection × block.mlp.projection"))
    scene.press("l")
    #expect(scene.readout.hasPrefix(" 1e-09 "))
    scene.press("k")
    #expect(scene.readout.hasPrefix(" 0.5 │ "))
  }
}

@Suite("Numbers on scales, titles of profiles, columns of the freeze table")
struct FittingTests {
  @Test("a scale's numbers have the same decimals, digits in line")
  func scale() {
    #expect(scaleLabels([1, 0.5, 0], width: 5) == ["1", "0.5", "0"])
    #expect(scaleLabels([0.9107, 0, -0.9107], width: 5) == [" 0.91", " 0", "-0.91"])
    #expect(scaleLabels([0.2, 0.15, 0.1], width: 5) == ["0.20", "0.15", "0.10"])
    #expect(scaleLabels([0.123456, 0.1, 0.076544], width: 6) == ["0.1235", "0.1000", "0.0765"])
    #expect(scaleLabels([1e12, 0, -1e12], width: 5).allSatisfy { $0.count <= 5 })
  }

  @Test("on the smallest screen a profile is named before its interval is")
  func profile() {
    var scene = Scene([Sample.study()], 40, 12)
    scene.press("Enter P")
    #expect(scene.line(1).hasPrefix("│ row r2") && scene.line(1).contains("mean 0."))
    let long = "features.stage.block.convolution"
    var other = Scene([Sample.telling(1, 2, rowNames: [long])], 40, 12)
    other.press("Enter P")
    #expect(other.line(1).hasPrefix("│ row \(long)"))
  }

  @Test("the freeze table stands in columns, and gives up the last ones where it is narrow")
  func freeze() {
    let layers = (0..<3).map { "stage\($0 * 50).conv" }
    let table = FreezeTable(
      Sample.layers(3, 3, rowNames: layers, columnNames: layers) { row, column in
        row == column ? [0.97, 1, .nan][row] : 0
      },
      halfWidths: Matrix(
        rows: 3, columns: 3, values: [0.00031, 0, 0, 0, 0.012, 0, 0, 0, .nan]))
    #expect(
      table.layerLines() == [
        "  * stage0.conv    0.9700  ± 0.00031  at least 0.9697",
        "  * stage50.conv   1.0000  ± 0.012    at least 0.9880",
        "    stage100.conv  NaN",
      ])
    #expect(table.layerLines(width: 40).first == "  * stage0.conv    0.9700  ± 0.00031")
    #expect(table.layerLines(width: 26).first == "  * stage0.conv    0.9700")
    #expect(table.layerLines(width: 22)[2] == "    …e100.conv  NaN")
  }
}
