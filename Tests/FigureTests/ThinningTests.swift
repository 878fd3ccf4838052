import Testing

@testable import Figure

@Suite("Labels and numbers")
struct ThinningTests {
  @Test func evenThinningKeepsItsDistance() {
    for count in 1...130 {
      for step in 1...40 {
        let shown = Thinning.even(count: count, step: step)
        #expect(shown.first == 0)
        #expect(count <= step || shown.last == count - 1)
        for (a, b) in zip(shown, shown.dropFirst()) { #expect(b - a >= step) }
      }
    }
  }

  @Test func roundNumbersKeepTheirDistance() {
    #expect(Thinning.round(count: 5, step: 1) == [0, 1, 2, 3, 4])
    #expect(Thinning.round(count: 12, step: 4).map { $0 + 1 } == [1, 5, 10])
    #expect(Thinning.round(count: 100, step: 17).map { $0 + 1 } == [1, 20, 40, 60, 80, 100])
    #expect(Thinning.round(count: 12, step: 5).map { $0 + 1 } == [1, 10])
    for count in [1, 7, 99, 1000] {
      for step in 1...300 {
        let shown = Thinning.round(count: count, step: step)
        #expect(shown.first == 0 && shown.allSatisfy { $0 < count })
        for (a, b) in zip(shown, shown.dropFirst()) { #expect(b - a >= step) }
      }
    }
  }

  @Test(arguments: [
    (0.0, 1.0, "0"), (1, 1, "1"), (0.5, 1, "0.5"), (0.123456, 1, "0.12"), (-1, 2, "−1"),
    (0.123456, 0.01, "0.1235"), (12345.6, 1000, "12346"), (0.3, 0, "0.3"), (0, 0, "0"),
    (-0.0, 1, "0"),
  ])
  func numbersAreShort(value: Double, span: Double, text: String) {
    #expect(Numbers.text(value, span: span) == text)
  }

  @Test func extremeNumbersDoNotTrap() {
    for value in [Double.greatestFiniteMagnitude, .leastNonzeroMagnitude, -1e308, 1e-300] {
      for span in [0, 1, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity] {
        #expect(!Numbers.text(value, span: span).isEmpty)
      }
    }
  }
}
