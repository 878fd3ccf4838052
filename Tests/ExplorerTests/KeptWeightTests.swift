import Cells
import Core
import Similarity
import Testing

@testable import Explorer

/// What the explorer keeps at hand is weighed whole, and has a bound.
@Suite("Memory of results at hand")
struct KeptWeightTests {
  /// A file of `count` results of one study whose sums and kept scores take `megabytes`.
  private static func file(_ name: String, count: Int, megabytes: Int) -> OpenFile {
    // A triangle of 5,050 values; each kept minibatch takes 20,200 bytes.
    let layers = 100
    let values = layers * (layers + 1) / 2
    let model = StudyModel(
      name: "A", layers: (0..<layers).map { StudyLayer(name: "l\($0)") })
    var study = Study(models: [model], options: StudyOptions())
    let hsic = [Double](repeating: 1, count: values)
    for _ in 0..<(megabytes << 20) / (values * 4) { study.add(samples: 16, hsic: hsic) }
    let block = StudyBlock(study: study, rowModel: 0, columnModel: 0)
    return OpenFile(
      (0..<count).map { number in
        .comparison(
          Comparison(
            id: ResultID(path: name, key: "\(number)"), format: "", kind: .layers,
            rows: model.axis, columns: model.axis, matrix: block.matrix(), block: block))
      })
  }

  private static func state() -> State {
    var state = State(
      terminal: TerminalTraits(size: Size(width: 80, height: 24), depth: .trueColor))
    #expect(state.keptBytes == 512 << 20)
    state.keptBytes = 51 << 20
    return state
  }

  @Test("A file's weight has its kept scores in it, once for all its results")
  func weight() {
    let file = Self.file("a", count: 8, megabytes: 4)
    // Eight matrices of 80 kB are in it, too.
    #expect((4 << 20..<5 << 20).contains(file.weight))
  }

  @Test("All results of one study are at hand while one of them is on the screen")
  func oneStudy() {
    let file = Self.file("a", count: 12, megabytes: 4)
    var state = Self.state()
    for result in file.results { state.arrive(Opened(result, of: file), companion: nil) }
    #expect(state.recent.count == 12)
    // The file is there for the one on the screen; the others add their intervals' 80 kB.
    #expect(state.keptWeight < 12 * 90_000)
  }

  @Test("Many studies do not add up: what was looked at longest ago goes")
  func manyStudies() {
    var state = Self.state()
    for number in 0..<8 {
      let file = Self.file("f\(number)", count: 1, megabytes: 12)
      state.arrive(Opened(file.results[0], of: file), companion: nil)
      #expect(state.keptWeight <= state.keptBytes)
    }
    // The one on the screen, and four of 12 MB beside it.
    #expect(state.recent.map(\.id.path) == ["f3", "f4", "f5", "f6", "f7"])
  }

  @Test("One that exceeds the bound alone is not kept once it leaves the screen")
  func tooLarge() {
    var state = Self.state()
    let large = Self.file("large", count: 1, megabytes: 52)
    state.arrive(Opened(large.results[0], of: large), companion: nil)
    let small = Self.file("small", count: 1, megabytes: 1)
    state.arrive(Opened(small.results[0], of: small), companion: nil)
    #expect(state.recent.map(\.id.path) == ["small"])
  }
}
