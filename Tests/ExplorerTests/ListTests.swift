import Cells
import Core
import Similarity
import Testing

@testable import Explorer

@Suite("The results list")
struct ListTests {
  @Test("a search without matches says so after Enter, and Esc clears it from any pane")
  func noMatch() {
    var scene = Scene(Sample.folder(), 120, 30)
    scene.press("/")
    scene.type("zzz")
    scene.press("Enter")
    #expect(scene.line(0).contains("none match: zzz"))
    scene.press("2 Esc")
    #expect(scene.line(0).contains("─ results ─") && scene.screen.contains("A × B"))
  }

  @Test("a single result is opened with the keys in its picture, unless a key came first")
  func single() {
    var scene = Scene([Sample.pair()], 120, 30)
    scene.send(.walked([Sample.pair().id]))
    #expect(scene.state.focus == .layers)
    scene = Scene([Sample.pair()], 120, 30)
    scene.press("i Esc")
    scene.send(.walked([Sample.pair().id]))
    #expect(scene.state.focus == .results)
  }

  @Test("zooming and scrolling work from the list")
  func zoomFromTheList() {
    var scene = Scene([Sample.telling(60, 60)], 80, 24)
    let whole = scene.state.placement
    scene.press("+ + L")
    #expect(scene.state.focus == .results && scene.state.placement != whole)
    scene.press("_")
    #expect(scene.state.placement == whole)
  }

  /// The list's lines on the screen.
  private static func list(_ scene: Scene) -> String {
    guard let frame = Layout(scene.state).results else { return "" }
    return scene.text(in: frame.inset(by: 1))
  }

  @Test("results stand under their folders in natural order, layers first")
  func groups() {
    let scene = Scene(Sample.folder(), 120, 14)
    #expect(
      Self.list(scene) == """
        other
          D × E                n 399
        runs
        ▸ A × B                 7×14
          A × C                  7×7
          B × A                 14×7
          B × C                 14×7
          B × C                n 400


        """)
    #expect(scene.line(0).hasPrefix("╭─ results ──────────── 2/6 ─╮"))
  }

  @Test("j and k show each result they come to, g and G the ends; folders are passed over")
  func moves() {
    var scene = Scene(Sample.folder(), 120, 30)
    scene.press("j")
    #expect(scene.pair == "A × C")
    scene.press("k k")
    #expect(scene.pair == "D × E")
    scene.press("k")
    #expect(scene.pair == "D × E")
    scene.press("G j")
    #expect(scene.pair == "B × C" && scene.state.primaryPane == .minibatches)
    scene.press("g Enter")
    #expect(scene.state.focus == .minibatches)
  }

  @Test("results of the same models are told apart by their file names")
  func sameModels() {
    let scene = Scene(
      [
        Sample.telling(2, 2, path: "runs/seed1.pkl"), Sample.telling(2, 2, path: "runs/seed2.pkl"),
      ], 120, 14)
    #expect(Self.list(scene).contains("seed1.pkl") && Self.list(scene).contains("seed2.pkl"))
  }

  @Test("a file with several results is a heading of its own, below what lies in the folder itself")
  func bundles() {
    let results = ["b", "a"].flatMap { file in
      ["Net-1 × Net-2", "Net-2 × Net-2"].map { key in
        var result = Sample.telling(2, 2, "Net-\(key.dropFirst(4).prefix(1))", "Net-2")
        result.id = ResultID(path: "runs/\(file).cka.safetensors", key: key)
        return result
      }
    }
    let scene = Scene(results + [Sample.telling(2, 2, "P", "Q", path: "runs/x.pkl")], 120, 14)
    #expect(
      Self.list(scene).split(separator: "\n").map { $0.drop { $0 == " " || $0 == "▸" } } == [
        "runs", "P × Q                  2×2",
        "runs/a", "Net-1 × Net-2          2×2", "Net-2 × Net-2          2×2",
        "runs/b", "Net-1 × Net-2          2×2", "Net-2 × Net-2          2×2",
      ])
  }

  @Test("a long heading keeps its last parts whole")
  func headings() {
    let paths = ["a-folder/for/all-experiments/x.pkl", "one/averylongnamewithoutanypart/x.pkl"]
    let scene = Scene(paths.map { Sample.telling(1, 1, path: $0) }, 80, 14)
    #expect(Self.list(scene).hasPrefix("…/all-experiments\n"))
    #expect(Self.list(scene).contains("…ongnamewithoutanypart\n") == false)
    #expect(Self.list(scene).contains("…gnamewithoutanypart\n"))
  }

  @Test("names under one heading are never cut to the same text", arguments: [(120, 40), (80, 24)])
  func cutNames(_ width: Int, _ height: Int) {
    let end = " on the same data set"
    let results = ["resnet-18", "resnet-34", "a-vision-transformer-base", "a-vision-transformer-b"]
      .map {
        Sample.telling(2, 2, "\($0)\(end)", "student\(end)", path: "runs/\($0).pkl")
      }
    let scene = Scene(results, width, height)
    let lines = Self.list(scene).split(separator: "\n").dropFirst().map { $0.dropFirst(2) }
    #expect(lines.count == 4 && Set(lines).count == 4, "\(lines)")
    #expect(lines.contains { $0.hasPrefix("resnet-18") })
  }

  @Test("scores keep their mark beside layers of the same models, however long the names are")
  func namesakes() {
    let scene = Scene(
      [Sample.pair("ResNet-18", "ResNet-34"), Sample.minibatches(400, "ResNet-18", "ResNet-34")],
      80, 24)
    let lines = Self.list(scene).split(separator: "\n").dropFirst()
    #expect(lines.map(String.init) == ["▸ …sNet-18×ResNet-34", "  …t-18×…et-34 n 400"])
  }

  @Test("the same models on several data sets are named with them")
  func dataSets() {
    let scene = Scene(
      ["clean", "noisy"].map {
        Sample.layers(2, 2, path: "runs/\($0).pkl", dataset: $0) { _, _ in 0 }
      }, 120, 14)
    #expect(Self.list(scene).contains("A · clean × B · clean"))
    #expect(Self.list(scene).contains("A · noisy × B · noisy"))
  }

  @Test("searching narrows the list as one types; Enter opens what is left")
  func search() {
    var scene = Scene(Sample.folder(), 120, 14)
    scene.press("/")
    scene.type("d ×")
    #expect(scene.footer.hasPrefix(" search results: d ×"))
    #expect(Self.list(scene).hasPrefix("other\n  D × E"))
    #expect(!Self.list(scene).contains("A × B") && scene.pair == "A × B")
    scene.press("Enter")
    #expect(scene.pair == "D × E" && scene.line(0).contains("results: d ×"))
    scene.press("Esc")
    #expect(Self.list(scene).contains("A × B") && scene.pair == "D × E")
  }

  @Test("leaving the search restores the list")
  func cancel() {
    var scene = Scene(Sample.folder(), 120, 14)
    let before = Self.list(scene)
    scene.press("/")
    scene.type("nothing like this")
    #expect(Self.list(scene).hasPrefix(" none match"))
    scene.press("Esc")
    #expect(Self.list(scene) == before)
  }

  @Test("the cursor stays on its result while more are found above it")
  func found() {
    var scene = Scene(Sample.folder(), 120, 14)
    scene.press("j")
    for number in 0..<20 {
      scene.find([Sample.telling(2, 2, "M\(number)", "N", path: "another/\(number).pkl")])
      #expect(scene.state.entryUnderCursor?.path == "runs/a-c.pkl" && scene.pair == "A × C")
      #expect(Self.list(scene).contains("▸ A × C"))
    }
  }

  @Test("five thousand results scroll, and the cursor is always on the screen")
  func many() {
    let one = Sample.telling(1, 1)
    var scene = Scene([], 120, 30)
    for number in 0..<5000 {
      let id = ResultID(path: "run\(number / 100)/\(number % 100).pkl")
      scene.disk[id] = Comparison(
        id: id, format: "npy", kind: .layers, rows: one.rows, columns: one.columns,
        matrix: one.matrix)
    }
    scene.send(.found(scene.disk.values.map(CatalogEntry.init(sample:))))
    scene.finishWalk()
    for keys in ["G", "k k", "PgUp", "g", "PgDn PgDn", "j"] {
      scene.press(keys)
      let shown = scene.state.listCursor - scene.state.listTop
      #expect((0..<26).contains(shown) && Self.list(scene).contains("▸"), "\(keys)")
    }
    scene.press("/")
    scene.type("run49 77.pkl")
    scene.press("Enter")
    #expect(scene.state.primary?.comparison.id.path == "run49/77.pkl")
  }

  @Test("a larger screen shows as much of the list as fits")
  func resize() {
    let results = (0..<40).map { Sample.telling(1, 1, "M\($0)", "N", path: "runs/\($0).pkl") }
    var scene = Scene(results, 120, 12)
    scene.press("G")
    scene.resize(120, 60)
    #expect(scene.state.listTop == 0 && Self.list(scene).hasPrefix("runs\n"))
    scene.resize(120, 14)
    #expect(Self.list(scene).contains("▸ M39 × N"))
  }

  @Test("a click opens a result; one on the frame, or on a folder, opens nothing")
  func click() {
    var scene = Scene(Sample.folder(), 120, 12)
    scene.mouse(.press, 5, 5)
    #expect(scene.pair == "A × C")
    for y in [0, 1, 3, 9] {
      scene.mouse(.press, 5, y)
      #expect(scene.pair == "A × C", "line \(y)")
    }
    scene.mouse(.wheelDown, 5, 5)
    #expect(scene.pair == "B × A")
    scene.mouse(.wheelUp, 5, 5)
    #expect(scene.pair == "A × C")
  }

  @Test("the frame tells how far the walk is, and what could not be read")
  func progress() {
    var scene = Scene([], 80, 24)
    var scan = ScanProgress()
    (scan.filesRead, scan.filesFound) = (3, 40)
    scene.send(.scanned(scan))
    #expect(scene.screen.contains("looking…") && scene.screen.contains("reading 3/40"))
    scene.find([Sample.pair()])
    scene.finishWalk(problems: ["a: cut short", "b: cut short"])
    #expect(scene.screen.contains("2 unreadable (w)"))
  }
}
