import Testing

@testable import Core

private func series(
  _ x: [Double], _ mean: [Double], bars: [Double]? = nil, counts: [Int]? = nil
) throws(CurvesError) -> Curves.Series {
  try Curves.Series(name: "s", x: x, mean: mean, halfLengths: bars, counts: counts)
}

private func refusal(_ make: () throws -> Void) -> String {
  do {
    try make()
    return ""
  } catch {
    return "\(error)"
  }
}

@Suite struct CurvesTests {
  @Test func pointsStandInAscendingX() throws {
    let sorted = try series([3, 1, 2], [30, 10, 20], bars: [3, .nan, 2], counts: [5, 0, 4])
    #expect(sorted.x == [1, 2, 3] && sorted.mean == [10, 20, 30])
    #expect(sorted[0].count == nil && sorted[0].halfLength.isNaN && sorted[0].span == (10, 10))
    #expect(sorted[2].count == 5 && sorted[2].span == (27, 33))
    #expect(sorted.index(at: 2) == 1 && sorted.index(at: 2.5) == nil)
    #expect(sorted.reach == 10...33 && sorted.span == 1...3 && sorted.means == 10...30)
  }

  @Test(
    arguments: [
      ([1.0, 2], [1.0], nil, "series 's': 2 x but 1 means"),
      ([1, 2], [1, 2], [0.5], "series 's': 2 x but 1 error bars"),
      ([1, .nan], [1, 2], nil, "series 's': x is nan, not a finite number"),
      ([1, 1], [1, 2], nil, "series 's': x = 1.0 comes twice"),
      ([1], [1], [-0.5], "series 's': an error bar of -0.5"),
      ([1], [1], [.infinity], "series 's': an error bar of inf"),
      ([], [], nil, "series 's' has no points"),
    ] as [([Double], [Double], [Double]?, String)])
  func whatMakesNoSeriesIsRefused(
    _ x: [Double], _ mean: [Double], _ bars: [Double]?, _ reason: String
  ) {
    #expect(refusal { _ = try series(x, mean, bars: bars) } == reason)
  }

  @Test func thereAreLimits() throws {
    let many = (0...Curves.mostPoints).map(Double.init)
    #expect(refusal { _ = try series(many, many) }.contains("more than 100000"))
    #expect(refusal { _ = try series([1], [1], counts: [-1]) } == "series 's': a count of -1")
    let one = try series([1], [1])
    let id = ResultID(path: "c")
    for (all, reason) in [
      ([], "there is no series"),
      (Array(repeating: one, count: 101), "101 series, more than 100"),
      ([try series([1], [.nan])], "no series has a mean that is a number"),
      ([try series([1], [1], bars: [1])], "it is not said what the error bars are"),
    ] {
      #expect(refusal { _ = try Curves(id: id, format: "CSV", series: all) } == reason)
    }
  }

  @Test func positionsAreThoseOfAllSeries() throws {
    let curves = try Curves(
      id: ResultID(path: "c"), format: "CSV",
      series: [series([1, 3], [1, 1]), series([2, 3, 4], [1, 1, 1])])
    #expect(curves.positions == [1, 2, 3, 4])
  }

  @Test func theFrameHoldsEveryErrorBar() throws {
    let one = try series([4, 10], [97, 98], bars: [1, 0.5])
    let close = CurvesFrame([one], fromZero: false)
    #expect(close.y.lowerBound < 96 && close.y.lowerBound > 95 && close.y.upperBound > 98.5)
    #expect(close.x.lowerBound < 4 && close.x.upperBound > 10)
    #expect(abs(close.across(7) - 0.5) < 1e-12 && close.up(-1e308) == 0 && close.up(1e308) == 1)
    let whole = CurvesFrame([one], fromZero: true)
    #expect(whole.y.lowerBound == 0 && whole.y.upperBound > 98.5)
    let below = CurvesFrame([try series([0], [-3])], fromZero: true)
    #expect(below.y.lowerBound < -3 && below.y.upperBound == 0)
  }

  @Test func noNumberIsTooLargeForTheFrame() throws {
    let most = Double.greatestFiniteMagnitude
    let huge = try series([-most, most], [-most, most], bars: [most, most])
    let frame = CurvesFrame([huge], fromZero: false)
    #expect(frame.up(-most) == 0 && frame.up(most) == 1 && frame.across(0) == 0.5)
    let none = CurvesFrame([], fromZero: false)
    #expect(none.y.lowerBound < none.y.upperBound)
    for value in [0, .leastNonzeroMagnitude, 5, -1e300] {
      let flat = CurvesFrame([try series([value], [value])], fromZero: false)
      #expect((0...1).contains(flat.up(value)) && (0...1).contains(flat.across(value)))
    }
  }

  @Test func seriesAreMovedAsideOnlyWhereThereIsRoom() throws {
    let frame = CurvesFrame([try series([0, 1], [0, 1])], fromZero: false)
    let wide = SeriesDodge([0, 1], frame, count: 3, width: 100, room: 2)
    #expect([0, 1, 2].map(wide.shift) == [-2, 0, 2])
    let narrow = SeriesDodge([0, 1], frame, count: 3, width: 12, room: 2)
    #expect([0, 1, 2].map(narrow.shift) == [0, 0, 0])
    #expect(SeriesDodge([0], frame, count: 1, width: 100, room: 2).shift(0) == 0)
  }
}

@Suite struct AxisTicksTests {
  @Test(
    arguments: [
      (0.0, 1.0, 6, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      (95.4, 99.1, 8, ["95.5", "96.0", "96.5", "97.0", "97.5", "98.0", "98.5", "99.0"]),
      (-3, 12, 4, ["0", "5", "10"]), (-20, 20, 5, ["−20", "−10", "0", "10", "20"]),
      (3.7, 10.3, 4, ["4", "6", "8", "10"]), (0, 3000, 4, ["0", "1000", "2000", "3000"]),
      (0, 4e9, 3, ["0", "2e9", "4e9"]), (0, 3e-7, 4, ["0", "1e−7", "2e−7", "3e−7"]),
      (0.2513, 0.2517, 4, ["0.2514", "0.2516"]), (-0.6, 0.6, 3, ["−0.5", "0.0", "0.5"]),
      (0, 2e6, 3, ["0", "1000000", "2000000"]), (0, 2e9, 5, ["0", "5e8", "1e9", "1.5e9", "2e9"]),
      (12_345_670, 12_345_671, 3, ["12345670.0", "12345670.5", "12345671.0"]),
    ] as [(Double, Double, Int, [String])])
  func areRoundNumbers(_ low: Double, _ high: Double, _ most: Int, _ labels: [String]) {
    #expect(AxisTicks(low...high, most: most).labels == labels)
  }

  @Test func areNeverTooManyNorOutside() {
    let most = Double.greatestFiniteMagnitude
    let ends = [-most, -1e308, -1e9, -7.3, -1e-12, 0, 1e-300, 0.1, 3, 99.99, 1e15, 1e308, most]
    for low in ends {
      for high in ends where high > low {
        for most in [0, 2, 3, 7, 20] {
          let ticks = AxisTicks(low...high, most: most)
          #expect(ticks.values.count <= max(2, most) && !ticks.values.isEmpty)
          let slack = (high / 2 - low / 2) * 1e-5
          #expect(ticks.values.allSatisfy { $0 >= low - slack && $0 <= high + slack })
          #expect(Set(ticks.labels).count == ticks.labels.count, "\(low) \(high) \(ticks.labels)")
        }
      }
    }
  }

  @Test func numbersOfOnesOwnAreKeptAsTheyAre() {
    #expect(AxisTicks([4, 0.25, -1.5]).labels == ["4", "0.25", "−1.5"])
    #expect(AxisTicks(5...5, most: 4).labels == ["5"])
    #expect(AxisTicks([1_000_000, 1_000_100]).labels == ["1000000", "1000100"])
    #expect(AxisTicks([-1e9, 12_345_672]).labels == ["−1000000000", "12345672"])
  }

  @Test func closeNumbersHaveLabelsOfTheirOwn() {
    let close = (12_345_670...12_345_680).map { Double($0) }
    #expect(AxisTicks(close).labels == (12_345_670...12_345_680).map { String($0) })
    for most in 2...12 {
      let labels = AxisTicks(12_345_670...12_345_680, most: most).labels
      #expect(Set(labels).count == labels.count && labels.count >= 2, "\(labels)")
    }
    #expect(AxisTicks([1.00001e12, 1.00002e12]).labels == ["1.00001e12", "1.00002e12"])
    #expect(AxisTicks([1e-5, 1.00002e-5]).labels == ["1e−5", "1.00002e−5"])
    let neighbours = [1e200, 1e200.nextUp, 1e200.nextUp.nextUp]
    #expect(Set(AxisTicks(neighbours).labels).count == 3)
  }
}

@Suite struct ParagraphTests {
  @Test func isMadeHarmlessWordByWord() {
    #expect(SafeText.sanitiseParagraph(" two\n lines\u{1B}[2J\t. ") == "two lines\\u{1B}[2J .")
    let long = Array(repeating: "word", count: 2000).joined(separator: " ")
    let kept = SafeText.sanitiseParagraph(long)
    #expect(kept.unicodeScalars.count <= SafeText.longestParagraph && kept.hasSuffix("…"))
    #expect(SafeText.sanitiseParagraph(String(long.prefix(3999))) == String(long.prefix(3999)))
    let hostile = String(repeating: "\u{202E}", count: 4000)
    #expect(SafeText.sanitiseParagraph(hostile).unicodeScalars.count <= SafeText.longestParagraph)
  }
}
