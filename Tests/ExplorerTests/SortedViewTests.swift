import Cells
import Core
import Similarity
import Testing
import TestSupport

@testable import Explorer

@Suite("The square of minibatch scores")
struct SortedViewTests {
  private static func scene(_ result: Comparison, depth: ColorDepth = .trueColor) -> Scene {
    var scene = Scene([result], 100, 30, depth: depth)
    scene.press("Enter")
    return scene
  }

  @Test("scores ascend from the lower left, row by row")
  func ranks() {
    var scene = Self.scene(Sample.minibatches(400))
    #expect(scene.value == 0)
    #expect(scene.readout.contains("rank   1/400  row  1  column  1"))
    scene.press("l l k")
    #expect(scene.value == 22.0 / 400)
    #expect(scene.readout.contains("rank  23/400  row  2  column  3"))
    scene.press("g $")
    #expect(scene.value == 399.0 / 400)
    #expect(scene.readout.contains("rank 400/400"))
    scene.press("G 0")
    #expect(scene.value == 0)
  }

  @Test("moving stops at the ends, and above where the top row is short")
  func edges() {
    var scene = Self.scene(Sample.minibatches(10))
    scene.press("h j")
    #expect(scene.state.rank == 0)
    scene.press("l l k k k k")
    #expect(scene.state.rank == 6)
    scene.press("$ l k")
    #expect(scene.state.rank == 9)
  }

  @Test("the original order keeps the minibatch under the crosshair")
  func original() {
    var scene = Self.scene(Sample.minibatches(400))
    scene.press("l l l k")
    let (value, names) = (scene.value, scene.names)
    scene.press("s")
    #expect(scene.footer == " scores in their original order")
    #expect(scene.line(0).contains("original order  20 × 20"))
    #expect(scene.value == value && scene.names == names)
    #expect(scene.readout.contains("place"))
    scene.press("s")
    #expect(scene.line(0).contains("sorted") && scene.state.rank == 23)
    #expect(scene.value == value && scene.names == names)
  }

  @Test("NaN and infinities are counted apart")
  func notFinite() {
    let scene = Self.scene(Sample.scores([.nan, 0.5, .infinity, -.infinity, 0.25]))
    #expect(scene.screen.contains("NaN        1") && scene.screen.contains("inf        2"))
  }

  @Test("statistics stand beside the square")
  func statistics() {
    let scene = Self.scene(Sample.minibatches(400))
    for line in [
      "n          400", "max        0.9975", "3rd quart. 0.7481", "median     0.4988",
      "mean       0.4988", "1st quart. 0.2494", "min        0.0000",
    ] {
      #expect(scene.screen.contains(line), "\(line)")
    }
    #expect(!scene.screen.contains("no square"))
  }

  @Test("a number of minibatches that is no square says how many cells are empty")
  func vacancies() {
    let scene = Self.scene(Sample.minibatches(399))
    #expect(scene.screen.contains("n is no square:") && scene.screen.contains("1 cell empty"))
    #expect(scene.screen.contains("· empty"))
  }

  @Test("the square of ten: ranks 1 to 10, the rest empty, the crosshair on the first")
  func ten() {
    let scene = Self.scene(Sample.minibatches(10), depth: .none)
    let rows = scene.text(in: scene.squareHeat).split(separator: "\n").map(String.init)
    #expect(Set(rows[0]) == ["·"] && Set(rows[7]).isSubset(of: ["·", "█"]))
    #expect(rows.last?.contains("X") == false && rows.dropLast().last?.contains("X") == true)
  }

  @Test("one minibatch, NaN and negative scores are told as they are")
  func odd() {
    #expect(Self.scene(Sample.minibatches(1)).line(0).contains("1 × 1"))
    let scene = Self.scene(Sample.scores([.nan, -0.5, .infinity, 0.25]))
    #expect(scene.value == -0.5)
    #expect(scene.screen.contains("NaN        1") && scene.screen.contains("min        -0.5000"))
    #expect(scene.screen.contains("below 0"))
  }

  @Test("more scores than pixels: a pixel is the mean of a block, and says so")
  func blocks() {
    let scene = Self.scene(Sample.minibatches(20_000))
    #expect(scene.line(0).contains("4×4 mean  142 × 142"))
    #expect(scene.screen.contains("n          20000"))
    #expect(breaches(of: scene.state) == [])
  }

  @Test("a click sets the rank under it")
  func click() {
    var scene = Self.scene(Sample.minibatches(400))
    let heat = scene.squareHeat
    scene.mouse(.press, heat.right - 1, heat.bottom - 1)
    #expect(scene.state.rank == 19)
    scene.mouse(.press, heat.x, heat.y)
    #expect(scene.state.rank == 380)
    scene.mouse(.press, heat.x - 1, heat.y)
    #expect(scene.state.rank == 380)
  }

  @Test("every rank's pixels read back as that rank", arguments: [1, 2, 10, 399, 400, 2000])
  func roundTrip(count: Int) {
    let side = SquareLayout(scores: Array(repeating: 0, count: count), sorted: true).side
    var noise = Noise(seed: UInt64(count))
    for _ in 0..<50 {
      let place = SquarePlacement(
        side: side, pixels: (1 + noise.next(150), 1 + noise.next(90)), aspect: 1 + noise.next(2))
      let cells = (0..<place.pixelHeight).flatMap { y in
        (0..<place.pixelWidth).map { place.cell(pixelX: $0, pixelY: y) }
      }
      #expect(
        cells.allSatisfy { $0.row >= 0 && $0.row < side && $0.column >= 0 && $0.column < side })
      #expect(
        Set(cells.map { $0.row / place.block * side + $0.column / place.block }).count
          == ((side + place.block - 1) / place.block) * ((side + place.block - 1) / place.block))
    }
  }
}
