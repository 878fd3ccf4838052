import Cells
import Similarity
import Testing

@testable import Explorer

@Suite("The difference view")
struct AnalysisDifferenceTests {
  private static let names = ["conv1", "layer1", "layer2", "fc"]

  /// A result whose value (i, j) is `level` more than i / 10.
  private static func result(_ path: String, _ b: String, level: Double, names: [String] = names)
    -> Comparison
  {
    Sample.layers(
      names.count, names.count, "A", b, path: path, rowNames: names, columnNames: names
    ) { row, _ in Double(row) / 10 + level }
  }

  private static func scene() -> Scene {
    var scene = Scene(
      [
        result("runs/1.npy", "B", level: 0.5),
        result("runs/2.npy", "C", level: 0.25, names: ["fc", "layer1", "head"]),
        result("runs/3.npy", "D", level: 0.5, names: ["other"]),
      ], 120, 40)
    scene.press("Enter")
    return scene
  }

  @Test("d and Enter subtract the result shown before, aligned by name")
  func subtract() {
    var scene = Self.scene()
    scene.press("] ] [ [ d")
    #expect(scene.screen.contains("subtract which result?"))
    scene.press("Up Up Enter")
    #expect(scene.line(0).contains("A × B − A × C"))
    #expect(scene.line(0).contains("6 left out") && scene.line(0).contains("2 × 2"))
    scene.press("G 0")
    // Rows layer1 and fc: 0.1 + 0.5 − (0.1 + 0.25) and 0.3 + 0.5 − 0.25.
    #expect(scene.names == "layer1 × layer1" && scene.value == 0.25)
    scene.press("g")
    #expect(scene.names == "fc × layer1")
    #expect(scene.readout.contains("A 0.8000  B 0.2500"))
  }

  @Test(
    "what has the same layers is offered first, what has none in common last and only to be read")
  func offers() {
    var scene = Scene(
      [
        Self.result("runs/9.npy", "Z", level: 0.5),
        Self.result("runs/1.npy", "none", level: 0.5, names: ["other"]),
        Self.result("runs/2.npy", "some", level: 0.25, names: ["fc", "layer1", "head"]),
        Self.result("runs/3.npy", "one", level: 0.25, names: ["fc"]),
        Self.result("runs/10.npy", "all", level: 0.25),
      ], 120, 40)
    scene.press("d")
    guard case .chooser(let chooser) = scene.state.overlay else {
      Issue.record("no list")
      return
    }
    #expect(
      chooser.items.map { "\($0.title), \($0.note): \($0.detail)" } == [
        "A × all, 10.npy: same layers", "A × some, 2.npy: 2 × 2 shared",
        "A × one, 3.npy: 1 × 1 shared", "A × none, 1.npy: no layer shared",
      ])
    #expect(chooser.items.map(\.isEnabled) == [true, true, true, false])
    scene.press("Down Down Enter")
    #expect(scene.footer.hasPrefix(" 1 cell, mean "))
  }

  @Test("a result of the same models on the other axes has same layers")
  func offersTransposed() {
    let swapped = Sample.layers(
      2, 4, "B", "A", path: "runs/2.npy", rowNames: ["x", "y"], columnNames: Self.names
    ) { _, _ in 0 }
    let result = Sample.layers(
      4, 2, "A", "B", path: "runs/1.npy", rowNames: Self.names, columnNames: ["x", "y"]
    ) { _, _ in 1 }
    var scene = Scene([result, swapped], 120, 40)
    scene.press("d")
    #expect(scene.screen.contains("same layers"))
    scene.press("Enter")
    #expect(scene.value == 1 && scene.line(0).contains("4 × 2"))
  }

  @Test("the colours are diverging and as wide either way, whatever the settings")
  func colours() throws {
    var scene = Self.scene()
    scene.press("d Enter")
    let bounds = try #require(scene.state.arrangement).bounds
    #expect(abs(bounds.low + 0.55) < 1e-12 && bounds.high == -bounds.low)
    #expect(scene.state.layerColormap == .diverging)
    scene.press("c")
    #expect(scene.state.layerColormap == .diverging && scene.footer.contains("RdBu_r"))
    scene.press("r")
    #expect(scene.state.arrangement?.bounds.high == 1)
    scene.press("v")
    scene.type("-0.2,0.1")
    scene.press("Enter")
    #expect(scene.state.arrangement?.bounds.high == 0.2)
    #expect(scene.state.settings.range == .unit)
  }

  @Test("d and Esc leave, and the crosshair stays on its layers", arguments: ["d", "Esc"])
  func leave(key: String) {
    var scene = Self.scene()
    scene.press("d Enter g $")
    #expect(scene.names == "fc × fc")
    scene.press(key)
    #expect(scene.state.difference == nil && scene.names == "fc × fc")
    #expect(scene.line(0).contains("4 × 4") && scene.value == 0.8)
  }

  @Test("the same models on other data sets are named once, and the data sets beside them")
  func dataSets() {
    let results = ["clean", "noisy"].map {
      Sample.layers(2, 2, path: "runs/\($0).pkl", dataset: $0) { _, _ in 0 }
    }
    var scene = Scene(results, 120, 40)
    scene.press("d Enter")
    #expect(scene.line(0).contains("↑ A × B: clean − noisy ─"))
  }

  @Test("results without a common layer cannot be subtracted, and it says so")
  func nothingInCommon() {
    var scene = Self.scene()
    scene.press("d")
    scene.type("A × D")
    scene.press("Enter")
    #expect(scene.state.difference == nil)
    #expect(scene.footer.contains("no row, or no column, with the same name"))
  }

  @Test("another pair is shown minus the same result; that result itself ends the view")
  func otherPair() {
    var scene = Self.scene()
    scene.press("d")
    scene.type("A × C")
    scene.press("Enter ]")
    #expect(scene.state.difference == nil && scene.pair == "A × C")
  }

  @Test("a slow answer is waited for; moving on forgets the question")
  func slow() {
    var scene = Self.scene()
    scene.isSlow = true
    scene.press("d Enter")
    #expect(scene.state.difference == nil && scene.waiting.count == 1)
    scene.answer()
    #expect(scene.state.difference != nil && scene.waiting.isEmpty)
    scene.press("Esc ] d Enter")
    scene.press("]")
    while !scene.waiting.isEmpty { scene.answer() }
    #expect(scene.state.difference == nil)
  }

  @Test("D dims the cells that may differ by chance, and only where minibatches are kept")
  func dims() throws {
    let results = [
      Sample.study(path: "runs/1.cka"),
      Sample.study(path: "runs/2.cka", Sample.Looks(shift: -0.002)),
      Sample.study(path: "runs/3.cka", Sample.Looks(shift: -0.3)),
    ]
    var scene = Scene(results, 120, 40)
    scene.press("Enter D")
    #expect(scene.footer == " this result has no difference to dim")
    scene.press("d Enter")
    #expect(scene.footer.contains("20 cells, mean 0.0020, largest ±0.0020, 0 differ (q ≤ 0.05)"))
    scene.press("D")
    #expect(scene.line(0).contains("q > 0.05 dimmed"))
    #expect(
      scene.footer.contains(
        "dimmed: 20 of 20 cells, which the samples' chance may explain (q > 0.05)"))
    #expect(try #require(scene.state.tile).values.allSatisfy(\.isNaN))
    #expect(scene.screen.contains("q > 0.05"))
    // The readout goes on telling the difference, its interval and its q value.
    #expect(scene.readout.contains("0.002000 ± 0.0") && scene.readout.contains("│ q 0."))
    // What is dimmed is no missing value.
    scene.press("i")
    #expect(scene.screen.contains("0 NaN, 0 infinite") && scene.screen.contains("Subtracted (B)"))
    #expect(scene.screen.contains("0 of 20 tested cells differ (q ≤ 0.05, Benjamini–Hochberg)"))
    #expect(
      scene.screen.contains("unpaired: no sample IDs say whether the minibatches are the same"))
    #expect(scene.screen.contains("other seeds are not in the interval"))
    scene.press("Esc Esc d Down Enter")
    #expect(try #require(scene.state.tile).values.allSatisfy { abs($0 - 0.3) < 1e-9 })
    #expect(scene.footer.contains("20 differ (q ≤ 0.05)"))
    var bare = Scene([Sample.telling(3, 4), Sample.telling(3, 4, path: "runs/b.pkl")], 120, 40)
    bare.press("Enter d Enter D")
    #expect(bare.footer.contains("nothing to dim: not both results keep their minibatches"))
  }

  @Test("the crosshair stays on its layers when cells are dimmed, and when the view is left")
  func crosshair() {
    var scene = Scene(
      [
        Sample.study(path: "runs/1.cka"),
        Sample.study(3, 5, path: "runs/2.cka", Sample.Looks(shift: -0.002)),
      ], 120, 40)
    scene.press("Enter d Enter g 0 l")
    let names = scene.names
    scene.press("D")
    #expect(scene.names == names)
    scene.press("D")
    #expect(scene.names == names)
    scene.press("Esc")
    #expect(scene.names == names && scene.state.difference == nil)
  }

  @Test("results of different data, kernels or origin are questioned on the screen")
  func doubts() {
    var scene = Scene(
      [
        Sample.study(path: "runs/1.cka", datasets: ("clean", "clean")),
        Sample.study(path: "runs/2.cka", datasets: ("noisy", "noisy")),
        Sample.layers(
          4, 5, "A", "B", path: "runs/3.pkl", rowNames: (0..<4).map { "r\($0)" },
          columnNames: (0..<5).map { "c\($0)" }
        ) { _, _ in 0 },
      ], 120, 40)
    scene.press("Enter d Enter")
    #expect(scene.footer.contains("different data: A clean, B noisy"))
    #expect(scene.line(0).contains("other data"))
    scene.press("i")
    #expect(scene.screen.contains("different data: A clean, B noisy"))
    scene.press("Esc Esc d Down Enter")
    #expect(scene.footer.contains("B does not say how it was made"))
  }

  @Test("what other seeds give stands beside the interval, in readout and information")
  func seeds() {
    let results = (0..<3).map { seed in
      Sample.study(
        path: "runs/\(seed).cka", models: ("A-seed\(seed)", "B-seed\(seed)"),
        Sample.Looks(shift: 0.01 * Double(seed)))
    }
    var scene = Scene(results, 160, 40)
    scene.press("Enter")
    // 0.9, 0.91 and 0.92.
    #expect(scene.readout.contains("seeds 0.9100 ± 0.010, 3 seeds"), "\(scene.readout)")
    scene.press("i")
    #expect(scene.screen.contains("Other seeds"))
    #expect(scene.screen.contains("A × B: 3 pairs of the same seed, seeds 0, 1, 2"))
    scene.press("Esc ]")
    #expect(scene.readout.contains("seeds 0.9100 ± 0.010, 3 seeds"))
    #expect(breaches(of: scene.state) == [])
    var alone = Scene([results[0]], 160, 40)
    alone.press("Enter")
    #expect(!alone.readout.contains("seeds"))
  }

  @Test("the difference on the screen is what is exported")
  func export() {
    var scene = Self.scene()
    scene.press("d Enter e")
    guard case .export(let requests)? = scene.asked.last else {
      Issue.record("nothing was exported")
      return
    }
    #expect(requests.map(\.id.path) == ["runs/1.npy"])
    #expect(requests.map(\.subtracted?.path) == ["runs/2.npy"])
  }
}
