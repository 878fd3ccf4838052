import Testing

@testable import Core

private func bounds(_ range: ValueRange, _ values: [Double]) -> [Double] {
  let matrix = Matrix(rows: 1, columns: values.count, values: values)
  let (low, high) = range.bounds(of: matrix, summary: matrix.summary())
  return [low, high]
}

@Suite struct ValueRangeTests {
  @Test func knowsItsBounds() {
    let values = [0.25, .nan, 0.75, -.infinity, 0.5]
    #expect(bounds(.unit, values) == [0, 1])
    #expect(bounds(.data, values) == [0.25, 0.75])
    #expect(bounds(.manual(-1, 2), values) == [-1, 2])
    #expect(bounds(.percentile(0, 50), values) == [0.25, 0.5])
    #expect(bounds(.percentile(25, 75), values) == [0.375, 0.625])
  }

  @Test func staysFiniteWithoutFiniteValues() {
    for range in [ValueRange.data, .percentile(2, 98)] {
      #expect(bounds(range, [.nan, .infinity]) == [0, 1])
      #expect(bounds(range, []) == [0, 1])
      #expect(bounds(range, [0.7, 0.7]) == [0.7, 0.7])
    }
  }

  @Test func samplesALargeMatrixTheSameWayEachTime() throws {
    // Each column holds its number: a sample that kept to some columns would be off.
    let columns = 1024
    let values = (0..<1100 * columns).map { Float($0 % columns) }
    let matrix = try floatMatrix(values, rows: 1100, columns: columns)
    let range = ValueRange.percentile(10, 90)
    let first = range.bounds(of: matrix, summary: matrix.summary())
    #expect(abs(first.low - 102.3) < 2 && abs(first.high - 920.7) < 2)
    #expect(range.bounds(of: matrix, summary: matrix.summary()) == first)
  }

  @Test func fallsBackToTheDataWhereTheSampleMissesAllValues() {
    var values = [Double](repeating: .nan, count: 1_200_000)
    values[1] = 0.5
    #expect(bounds(.percentile(2, 98), values) == [0.5, 0.5])
  }

  @Test(arguments: [
    ("unit", ValueRange.unit), ("data", .data), ("0,1", .manual(0, 1)), (" 0 , 1 ", .manual(0, 1)),
    ("-0.5,1e3", .manual(-0.5, 1000)), ("2%,98%", .percentile(2, 98)),
    ("0.5% , 99.5%", .percentile(0.5, 99.5)),
  ])
  func isRead(text: String, range: ValueRange) {
    #expect(ValueRange(text: text) == range)
    #expect(ValueRange(text: range.text) == range)
  }

  @Test(arguments: [
    "", "Unit", "0", "0,", ",1", "0,1,2", "1,0", "1,1", "nan,1", "0,inf", "2%,98", "2,98%",
    "98%,2%",
    "-1%,50%", "2%,101%", "a,b", "%,%", "0;1",
  ])
  func isRefused(text: String) {
    #expect(ValueRange(text: text) == nil)
  }

  @Test(arguments: [
    (ValueRange.unit, 0.0, 1.0, "range 0–1"),
    (.manual(-0.5, 1), -0.5, 1, "range -0.5–1"),
    (.data, 0.63, 0.998, "data 0.63–0.998"),
    (.data, 0.63049, 0.99778, "data 0.63–0.998"),
    (.data, 0.99871, 0.99934, "data 0.99871–0.99934"),
    (.data, 0.7, 0.7, "data 0.7–0.7"),
    (.data, 0, 0, "data 0–0"),
    (.data, -0.00001, 1, "data 0–1"),
    (.data, 0, 12345.678, "data 0–12346"),
    (.data, -1e300, 1e300, "data -1e+300–1e+300"),
    (.percentile(2, 98), 0.7, 0.95, "2–98 % 0.7–0.95"),
    (.percentile(0.5, 99.5), 0, 1, "0.5–99.5 % 0–1"),
  ])
  func isCaptioned(range: ValueRange, low: Double, high: Double, caption: String) {
    #expect(range.caption((low, high)) == caption)
  }

  @Test func isCaptionedWhateverTheNumbers() {
    #expect(ValueRange.manual(.nan, .nan).caption((.nan, .nan)) == "range nan–nan")
    #expect(
      ValueRange.data.caption((-.greatestFiniteMagnitude, .greatestFiniteMagnitude))
        .hasPrefix("data -1.79"))
  }
}
