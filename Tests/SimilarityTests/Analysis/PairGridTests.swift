import Core
import Testing

@testable import Similarity

private func key(_ name: String) -> ModelKey { ModelKey(model: name) }

private func entry(
  _ path: String, _ rows: String, _ columns: String, _ kind: Comparison.Kind = .layers,
  folder: String = ""
) -> PairEntry {
  PairEntry(
    id: ResultID(path: path), kind: kind, rows: key(rows), columns: key(columns), folder: folder)
}

private let entries = [
  entry("s10.pkl", "Teacher-10", "Student"),
  entry("s4.pkl", "Teacher-4", "Student"),
  entry("s4mb.pkl", "Teacher-4", "Student", .minibatches),
  entry("r4.pkl", "Student", "Teacher-4"),
  entry("t4.pkl", "Teacher-4", "Teacher-4"),
]

@Suite struct PairGridTests {
  private let grid = PairGrid(entries)

  private func id(_ path: String) -> ResultID { ResultID(path: path) }

  @Test func listsModelsAsAPersonWould() {
    #expect(grid.models == [key("Student"), key("Teacher-4"), key("Teacher-10")])
    #expect(grid.partners(of: key("Student")) == [key("Teacher-4"), key("Teacher-10")])
    #expect(grid.partners(of: key("Teacher-4")) == [key("Student"), key("Teacher-4")])
    #expect(grid.partners(of: key("nobody")).isEmpty)
  }

  @Test func findsTheResultsOfAPair() {
    let (a, b) = (key("Teacher-4"), key("Student"))
    #expect(grid.entries(rows: a, columns: b) == [id("s4.pkl"), id("s4mb.pkl")])
    #expect(grid.entries(rows: a, columns: b, kind: .minibatches) == [id("s4mb.pkl")])
    #expect(grid.entries(rows: key("Teacher-10"), columns: a).isEmpty)
    #expect(grid[id("r4.pkl")]?.rows == b)
  }

  @Test func ordersPairs() {
    let walk = ["r4.pkl", "s4.pkl", "s4mb.pkl", "t4.pkl", "s10.pkl"].map(id)
    #expect(grid.order == walk)
  }

  @Test func ordersFolderByFolder() {
    let grid = PairGrid([
      entry("b/1.pkl", "A", "B", folder: "run 10"), entry("a/1.pkl", "B", "A", folder: "run 9"),
      entry("a/2.pkl", "A", "B", folder: "run 9"),
    ])
    #expect(grid.order.map(\.path) == ["a/2.pkl", "a/1.pkl", "b/1.pkl"])
  }

  @Test func exchangesAAndB() {
    #expect(grid.swapped(id("s4.pkl")) == id("r4.pkl"))
    #expect(grid.swapped(id("r4.pkl")) == id("s4.pkl"))
    #expect(grid.swapped(id("s4mb.pkl")) == id("r4.pkl"))
    #expect(grid.swapped(id("t4.pkl")) == id("t4.pkl"))
    #expect(grid.swapped(id("s10.pkl")) == nil)
  }

  @Test func choosesTheResultMostLikeTheOneShown() {
    #expect(
      grid.choose(rows: key("Teacher-4"), columns: nil, near: id("s10.pkl")) == id("s4.pkl"))
    #expect(
      grid.choose(rows: key("Teacher-4"), columns: nil, near: id("s4mb.pkl")) == id("s4mb.pkl"))
    #expect(
      grid.choose(rows: nil, columns: key("Teacher-4"), near: id("s4.pkl")) == id("t4.pkl"))
    #expect(
      grid.choose(rows: key("Student"), columns: key("Teacher-4"), near: id("s10.pkl"))
        == id("r4.pkl"))
    #expect(
      grid.choose(rows: key("Student"), columns: key("Teacher-10"), near: id("s4.pkl")) == nil)
    #expect(grid.choose(rows: nil, columns: nil, near: id("s4.pkl")) == id("s4.pkl"))
    #expect(grid.choose(rows: key("Student"), columns: nil, near: id("gone.pkl")) == nil)
  }

  @Test func tellsDataSetsApart() {
    var other = entry("other.pkl", "Student", "Teacher-4")
    other.columns.dataset = "CIFAR-100"
    let grid = PairGrid(entries + [other])
    #expect(grid.models.count == 4)
    #expect(grid.entries(rows: other.rows, columns: other.columns) == [other.id])
  }

  @Test func replacesAndRemovesResults() {
    var grid = PairGrid(entries)
    grid.add(entry("s10.pkl", "Teacher-6", "Student"))
    #expect(grid.count == 5)
    #expect(grid.models == [key("Student"), key("Teacher-4"), key("Teacher-6")])
    grid.remove(id("gone.pkl"))
    grid.remove(id("s4.pkl"))
    #expect(grid.partners(of: key("Student")) == [key("Teacher-4"), key("Teacher-6")])
    for entry in entries { grid.remove(entry.id) }
    #expect(grid.count == 0 && grid.models.isEmpty)
  }

  @Test func isTheSameHoweverItIsFilled() {
    let many = (0..<200).map { number in
      entry("f\(number).pkl", "M\(number * 7 % 20)", "M\(number * 3 % 13)")
    }
    let whole = PairGrid(many)
    var grown = PairGrid()
    for entry in many.reversed() { grown.add(entry) }
    #expect(grown.order == whole.order && grown.models == whole.models)
    let sorted = many.sorted(by: PairEntry.precedes)
    #expect(whole.order == sorted.map(\.id))
  }
}

@Suite struct NaturalOrderTests {
  @Test func ordersNumbersByValueAndLettersWithoutCase() {
    let ordered = [
      "", "1", "01a", "2", "10", "99999999999999999999999", "100000000000000000000000", "Alpha",
      "beta", "Teacher", "Teacher-4", "teacher-04b", "Teacher-10", "Teacher-10.2", "Teacher-10.10",
      "ä", "模型",
    ]
    for (i, a) in ordered.enumerated() {
      for (j, b) in ordered.enumerated() {
        #expect(naturalOrder(a, b) == (i < j), "\(a) before \(b)")
      }
    }
  }

  @Test func givesAnyTwoTextsAnOrder() {
    for (a, b) in [("a", "A"), ("x1", "x01"), ("0", "00")] {
      #expect(naturalOrder(a, b) != naturalOrder(b, a))
      #expect(!naturalOrder(a, a))
    }
  }
}
