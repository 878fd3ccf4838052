import Cells
import Testing

@testable import Figure

@Suite("Layout")
struct LayoutTests {
  private func texts(_ layout: Layout) -> [TextMark] {
    layout.marks.compactMap { if case .text(let mark) = $0 { mark } else { nil } }
  }

  /// The pixels that a line of text may touch.
  private func box(_ mark: TextMark) -> PixelRect {
    let shift =
      switch mark.anchor {
      case .start: 0
      case .middle: mark.length / 2
      case .end: mark.length
      }
    let (up, down) = (mark.font.size * 93 / 100, mark.font.size * 24 / 100)
    return mark.rotated
      ? PixelRect(
        x: mark.x - up, y: mark.y + shift - mark.length, width: up + down, height: mark.length)
      : PixelRect(x: mark.x - shift, y: mark.y - up, width: mark.length, height: up + down)
  }

  private func overlap(_ a: PixelRect, _ b: PixelRect) -> Bool {
    a.x < b.right && b.x < a.right && a.y < b.bottom && b.y < a.bottom
  }

  @Test(arguments: Sample.shapes, [true, false])
  func wordsNeverOverlapAndStayInside(shape: (Int, Int), names: Bool) throws {
    let figure = Sample.figure(rows: shape.0, columns: shape.1, names: names) { row, column in
      row == column ? .nan : -1
    }
    let layout = try figure.layout()
    let boxes = texts(layout).map { box($0) }
    for (index, first) in boxes.enumerated() {
      #expect(first.x >= 0 && first.y >= 0)
      #expect(first.right <= layout.width && first.bottom <= layout.height)
      #expect(!overlap(first, layout.heat) && !overlap(first, layout.bar))
      for second in boxes[(index + 1)...] { #expect(!overlap(first, second)) }
    }
  }

  @Test func explicitPixelsKeepWordsApartToo() throws {
    for pixels in [1, 2, 5, 40] {
      let figure = Sample.figure(rows: 9, columns: 31, names: true, pixelsPerValue: pixels) {
        _, _ in
        2
      }
      let layout = try figure.layout()
      let boxes = texts(layout).map { box($0) }
      for (index, first) in boxes.enumerated() {
        for second in boxes[(index + 1)...] { #expect(!overlap(first, second)) }
      }
    }
  }

  @Test(arguments: ["w", "two words "])
  func endlessWordsStayInside(word: String) throws {
    let endless = String(repeating: word, count: 500)
    var figure = Sample.figure(rows: 2, columns: 3, title: endless, pixelsPerValue: 4) { _, _ in nil
    }
    figure.subtitle = endless
    figure.rowAxis = endless
    figure.columnAxis = endless
    figure.rowNames = [endless, endless]
    figure.columnNames = [endless]
    figure.rangeText = endless
    figure.caption = [endless, "", endless]
    let layout = try figure.layout()
    let boxes = texts(layout).map { box($0) }
    for (index, first) in boxes.enumerated() {
      #expect(first.x >= 0 && first.right <= layout.width)
      #expect(first.y >= 0 && first.bottom <= layout.height)
      for second in boxes[(index + 1)...] { #expect(!overlap(first, second)) }
    }
    #expect(max(layout.width, layout.height) < 2000)
  }

  @Test func firstAndLastLayersAreNamed() throws {
    let figure = Sample.figure(rows: 67, columns: 115, names: true) { _, _ in 0 }
    let layout = try figure.layout()
    #expect(layout.columnLabels.first?.text == "module.stage.0.conv")
    #expect(layout.columnLabels.last?.text == "module.stage.114.conv")
    #expect(layout.rowLabels.first?.text == "encoder.layer.0.attention")
    #expect(layout.rowLabels.last?.text == "encoder.layer.66.attention")
    #expect(layout.rowLabels.count < 67)
  }

  @Test func longNamesKeepTheirEnd() throws {
    var figure = Sample.figure(rows: 2, columns: 2) { _, _ in 0 }
    let path = String(repeating: "module.", count: 30)
    figure.rowNames = [path + "conv1", path + "conv2"]
    let labels = try figure.layout().rowLabels.map(\.text)
    #expect(labels.count == 2)
    for (label, end) in zip(labels, ["module.conv1", "module.conv2"]) {
      #expect(label.hasPrefix("…") && label.hasSuffix(end))
    }
  }

  @Test func fewNamesStandUpright() throws {
    let figure = Sample.figure(rows: 2, columns: 2, names: true) { _, _ in 0 }
    #expect(try figure.layout().columnLabels.allSatisfy { !$0.rotated })
    let many = Sample.figure(rows: 2, columns: 40, names: true) { _, _ in 0 }
    #expect(try many.layout().columnLabels.allSatisfy { $0.rotated })
  }

  @Test func unnamedAxesCarryNumbersOrNothing() throws {
    var figure = Sample.figure(rows: 400, columns: 400) { _, _ in 0 }
    #expect(try figure.layout().columnLabels.prefix(2).map(\.text) == ["1", "50"])
    figure.numbersUnnamedAxes = false
    #expect(try figure.layout().columnLabels.isEmpty)
    #expect(try figure.layout().rowLabels.isEmpty)
  }

  @Test func missingNamesAreNumbers() throws {
    var figure = Sample.figure(rows: 3, columns: 3) { _, _ in 0 }
    figure.rowNames = ["conv1"]
    #expect(try figure.layout().rowLabels.map(\.text) == ["conv1", "2", "3"])
  }

  @Test func everyWordOfTheFigureIsThere() throws {
    var figure = Sample.figure(rows: 20, columns: 20, title: "Minibatches") { _, _ in 0.5 }
    figure.subtitle = "layer4 × layer3"
    let words = texts(try figure.layout()).map(\.text)
    for word in [
      "Minibatches", "layer4 × layer3", "ResNet18 · CIFAR-10", "ResNet34 · CIFAR-10",
      "CKA, range 0 to 1", "400 minibatches", "0", "0.5", "1",
    ] {
      #expect(words.contains(word))
    }
  }

  @Test func clippedEndsSaySo() throws {
    let figure = Sample.figure(rows: 1, columns: 3, low: 0.25, high: 0.5) { [0.2, 0.3, 0.9][$1] }
    let words = texts(try figure.layout()).map(\.text)
    #expect(words.contains("≥ 0.5") && words.contains("≤ 0.25"))
  }

  @Test func blocksAreMeansAndSaid() throws {
    // Blocks of 3 × 3: a third of each block's values is 0.9, the rest 0.
    let figure = Sample.figure(rows: 6, columns: 9000) { _, column in column % 3 == 0 ? 0.9 : 0 }
    let layout = try figure.layout()
    let words = texts(layout).map(\.text)
    #expect(words.contains("1 cell of 1 × 48 pixels = 3 × 3 values, mean"))
    #expect(layout.heat.width == 3000)
    let cells = CellImage(figure, longestSide: CellImage.longestSide)
    #expect((cells.rows, cells.columns, cells.block) == (2, 3000, 3))
    let expected = Colormap.magma.color(at: (0.9 + 0.9 + 0.9) / 9).packed
    #expect(Set(cells.colors) == [expected])
  }

  @Test func blocksLeaveMissingValuesOut() {
    let figure = Sample.figure(rows: 2, columns: 4, rowZeroAtBottom: false) { row, column in
      if column >= 2 { return row == 0 ? .nan : nil }
      return row == 0 && column == 0 ? .nan : 0.5
    }
    let cells = CellImage(figure, longestSide: 2)
    #expect(cells.block == 2 && cells.leftOutMissing)
    #expect(
      cells.colors == [
        Colormap.magma.color(at: 0.5).packed, Colormap.magma.missingColor.packed,
      ])
  }
}
