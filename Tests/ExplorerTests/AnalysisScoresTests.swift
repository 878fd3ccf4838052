import Cells
import Similarity
import Testing

@testable import Explorer

@Suite("Scores that follow the crosshair")
struct AnalysisScoresTests {
  private static func scene(_ result: Comparison, _ width: Int = 160, _ height: Int = 40) -> Scene {
    var scene = Scene([result], width, height)
    scene.press("Enter")
    return scene
  }

  @Test("the square shows the layer pair under the crosshair, and follows it")
  func follows() throws {
    var scene = Self.scene(Sample.study())
    #expect(scene.names == "r2 × c2")
    #expect(scene.line(0).contains(" r2 × c2 "))
    let first = try #require(scene.state.square).statistics.mean
    scene.press("l l")
    #expect(scene.line(0).contains(" r2 × c4 "))
    let second = try #require(scene.state.square).statistics.mean
    #expect(abs(first - 0.9) < 1e-6 && abs(second - 0.7) < 1e-6)
  }

  @Test("nothing is computed anew while the crosshair stays")
  func keeps() {
    var scene = Self.scene(Sample.study())
    let before = scene.state.square?.key
    scene.press("c i Esc r r r")
    #expect(scene.state.square?.key == before)
  }

  @Test("the mean of the scores and the matrix's own value stand side by side")
  func bothFigures() {
    let scene = Self.scene(Sample.study(looks(spread: 0.2)))
    #expect(scene.screen.contains("CKA 0.9000, mean of minibatches 0.9000"))
  }

  @Test("where only sums are kept, the pane says so")
  func sumsOnly() {
    let scene = Self.scene(Sample.study(looks(keep: .sumsOnly)))
    #expect(scene.screen.contains("only sums over minibatches were kept"))
    #expect(scene.state.square == nil)
    #expect(breaches(of: scene.state) == [])
  }

  @Test("when the first of many are kept, the frame says how many")
  func someKept() {
    let scene = Self.scene(Sample.study(looks(keep: .upTo(bytes: 45 * 4 * 9))))
    #expect(scene.line(0).contains("first 9 of 20"))
  }

  @Test("the readout has the half width and the number of minibatches")
  func readout() {
    let scene = Self.scene(Sample.study())
    #expect(scene.value.map { abs($0 - 0.9) < 1e-12 } == true)
    #expect(scene.readout.contains("± 0.0") && scene.readout.contains("n = 20"))
    // A result without a study has neither.
    #expect(!Self.scene(Sample.pair()).readout.contains("±"))
  }

  @Test("a cell without a value tells why, in readout and pane")
  func fault() {
    let reason = "3 of 512 features are NaN or infinite"
    let scene = Self.scene(Sample.study(looks(fault: (2, reason))))
    #expect(scene.readout.contains("r2: minibatch 1: \(reason)"))
    #expect(scene.readout.contains("NaN"))
    #expect(scene.screen.contains("features are NaN"))
    #expect(breaches(of: scene.state) == [])
  }

  @Test("info tells how the study was made")
  func info() {
    var scene = Self.scene(Sample.study(looks(fault: (1, "dead"))))
    scene.press("i")
    for line in [
      "estimator unbiased, kernel linear, minibatches weighted by n(n − 3)", "precision float32",
      "95 % intervals speak of other samples", "what one minibatch, sample or direction makes up",
      "20 minibatches of 640 samples; scores of 20 kept", "r1: minibatch 1: dead",
    ] {
      #expect(scene.screen.contains(line), "\(line)")
    }
  }

  @Test("the scores on the screen are exported with their cell")
  func export() throws {
    var scene = Self.scene(Sample.study())
    scene.press("3 e")
    guard case .export(let requests)? = scene.asked.last else {
      Issue.record("nothing was exported")
      return
    }
    #expect(requests.map(\.view) == [.sorted])
    let cell = try #require(requests[0].cell)
    #expect(cell == ExportRequest.LayerPair(row: 2, column: 2, rowName: "r2", columnName: "c2"))
    #expect(OpenResult(Sample.study()).scores(of: cell)?.comparison.matrix.columns == 20)
  }

  private func looks(
    spread: Double = 0.02, keep: KeepPolicy = .standard, fault: (Int, String)? = nil
  ) -> Sample.Looks {
    Sample.Looks(spread: spread, keep: keep, fault: fault.map { (layer: $0.0, reason: $0.1) })
  }
}

extension Sample {
  static func study(_ looks: Looks) -> Comparison { study(4, 5, looks) }
}
