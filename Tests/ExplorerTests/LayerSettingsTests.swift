import Cells
import Core
import Testing

@testable import Explorer

@Suite("Filters, ranges and colours of layers")
struct LayerSettingsTests {
  private static func scene() -> Scene {
    var scene = Scene([Sample.pair()], 100, 24)
    scene.press("2")
    return scene
  }

  private static func filtered(_ text: String) -> Scene {
    var scene = scene()
    scene.press("f")
    scene.type(text)
    scene.press("Enter")
    return scene
  }

  @Test("a filter hides layers from both sides and keeps the values")
  func filter() {
    let scene = Self.filtered("!*.bn* !relu !bn1")
    #expect(scene.footer == " showing 8 of 14 rows, 8 of 14 columns")
    #expect(
      scene.state.arrangement?.rows.layers.contains { $0.contains("bn") || $0 == "relu" } == false)
    #expect(scene.line(0).contains("filtered  8 × 8"))
    #expect(scene.names == "layer2.0.conv1 × layer2.0.conv1" && scene.value == 1)
  }

  @Test("the prompt counts what a filter leaves while it is typed")
  func preview() {
    var scene = Self.scene()
    scene.press("f")
    scene.type("bn")
    #expect(scene.footer == " show layers: bn   5 of 14 rows, 5 of 14 columns")
    scene.type("/(")
    scene.press("C-u")
    scene.type("/(/")
    #expect(scene.footer.contains("regular expression /(/"))
    scene.press("Esc")
    #expect(scene.state.settings.filter.isEmpty)
  }

  @Test(
    "a filter that hides everything, or cannot be read, is refused", arguments: ["nothing", "/(/"])
  func refused(text: String) {
    var scene = Self.filtered(text)
    #expect(scene.footer.hasPrefix(" show layers: \(text)   "), "the prompt stays, with the reason")
    #expect(scene.state.settings.filter.isEmpty && scene.line(0).contains("14 × 14"))
    scene.press("Esc f")
    #expect(scene.footer == " show layers:" || scene.footer.hasPrefix(" show layers:    "))
  }

  @Test("hiding the layer under the crosshair moves it to the next one that is left")
  func hidden() {
    var scene = Self.scene()
    scene.press("j j j j")
    #expect(scene.names.hasPrefix("layer1.0.conv1 "))
    scene.press("f")
    scene.type("!*.conv?")
    scene.press("Enter")
    #expect(scene.names == "layer1.0.bn1 × layer2.0.bn1")
  }

  @Test("no filter shows all layers again")
  func unfiltered() {
    var scene = Self.filtered("conv")
    scene.press("f C-u Enter")
    #expect(scene.footer == " all layers shown")
    #expect(scene.line(0).contains("14 × 14") && !scene.line(0).contains("filtered"))
  }

  @Test("a filter that hides every layer of the next pair says why there is nothing to see")
  func nextPair() {
    var scene = Scene(
      [
        Sample.pair("A", "B", path: "x/1.pkl"),
        Sample.telling(3, 3, "C", "D", path: "x/2.pkl"),
      ], 80, 24)
    scene.press("f")
    scene.type("conv")
    scene.press("Enter ]")
    #expect(scene.screen.contains("the filter hides every row or column (f)"))
    scene.press("f C-u Enter")
    #expect(scene.screen.contains("r0"))
  }

  @Test("the range goes from CKA's own to the data's and to percentiles, and back")
  func ranges() throws {
    var scene = Self.scene()
    #expect(try #require(scene.state.arrangement).bounds == (0, 1))
    scene.press("r")
    #expect(scene.footer == " colour range: the data's minimum to maximum")
    let data = try #require(scene.state.arrangement).bounds
    #expect(abs(data.low - 1.0 / 14) < 1e-12 && data.high == 1)
    scene.press("r")
    #expect(scene.footer == " colour range: percentile 2 to 98")
    #expect(try #require(scene.state.arrangement).bounds.low > data.low)
    scene.press("r")
    #expect(scene.footer == " colour range: 0 to 1")
  }

  @Test(
    "a range is typed as two numbers, two percentiles, or a word",
    arguments: [
      ("0.2,0.9", "0.2 to 0.9"), ("5%, 95%", "percentile 5 to 95"),
      ("data", "the data's minimum to maximum"), ("-1, 1", "-1 to 1"),
    ])
  func typed(text: String, name: String) {
    var scene = Self.scene()
    scene.press("v")
    scene.type(text)
    scene.press("Enter")
    #expect(scene.footer == " colour range: \(name)")
  }

  @Test(
    "a range that is none is refused", arguments: ["1,0", "a,b", "0,1,2", "0%,120%", "1", "nan,1"])
  func invalid(text: String) {
    var scene = Self.scene()
    scene.press("v")
    scene.type(text)
    #expect(scene.footer.contains("two numbers LOW,HIGH"))
    scene.press("Enter")
    #expect(scene.footer.hasPrefix(" colour range: \(text)   two numbers"))
    #expect(scene.state.settings.range == .unit)
    scene.press("C-u Enter")
    #expect(scene.state.settings.range == .unit)
  }

  @Test("each pane has its own colours; the list's keys mean the chosen picture")
  func colours() {
    var scene = Scene([Sample.pair(), Sample.minibatches(16)], 160, 40)
    scene.press("c")
    #expect(scene.state.settings.layerColormap == .spectral)
    scene.press("3 c c")
    #expect(scene.footer == " minibatches in cividis")
    #expect(scene.state.settings.layerColormap == .spectral)
    scene.press("2 C C")
    #expect(scene.state.settings.layerColormap == .diverging)
    #expect(scene.state.settings.minibatchColormap == .cividis)
  }

  @Test("the scale names the colours of what is no similarity")
  func legend() {
    let odd = Sample.layers(4, 4) { $0 == 0 ? .nan : Double($0 - 2) * Double($1) }
    var scene = Scene([odd], 80, 24)
    scene.press("2")
    #expect(scene.screen.contains("NaN") && scene.screen.contains("below 0"))
    scene.press("v")
    scene.type("-6,6")
    scene.press("Enter")
    #expect(scene.screen.contains("NaN") && !scene.screen.contains("below 0"))
    #expect(!Self.scene().screen.contains("NaN"))
  }

  @Test("NaN, infinite and negative values read as what they are")
  func readout() {
    let values = [Double.nan, .infinity, -.infinity, -0.125]
    var scene = Scene([Sample.layers(1, 4) { values[$1] }], 80, 24)
    scene.press("2 0")
    for text in ["NaN ", "Infinity ", "-Infinity ", "-0.125 "] {
      #expect(scene.readout.hasPrefix(" \(text)"))
      scene.press("l")
    }
  }
}
