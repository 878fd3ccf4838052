import Cells
import Core
import Testing
import TestSupport

@testable import Explorer

@Suite("Names beside rows and columns")
struct LabelTests {
  @Test("chosen names never overlap, keep their gap and stay in order", arguments: 1...20)
  func overlap(seed: Int) {
    var noise = Noise(seed: UInt64(seed))
    let names = (0..<noise.next(1000)).map { index in
      (0...noise.next(4)).map { "n\(index + $0)" }.joined(separator: ".")
    }
    var at = 0
    let candidates = names.indices.map { index in
      at += noise.next(4)
      return (index: index, at: at, length: 1 + noise.next(24))
    }
    let gap = noise.next(3)
    let chosen = LabelThinning.choose(
      candidates, depths: NameMeasures(names).depths, gap: gap)
    for (label, next) in zip(chosen, chosen.dropFirst()) {
      #expect(label.at + label.length + gap <= next.at)
    }
    #expect(chosen.isEmpty == candidates.isEmpty)
  }

  @Test(
    "landmarks come first: the shallower of two names that touch is shown, the root last of all")
  func shallow() {
    let names = ["", "layer1.0.conv1", "layer1", "fc"]
    let shown = { (places: [Int]) in
      LabelThinning.choose(
        places.enumerated().map { (index: $0.offset, at: $0.element, length: 1) },
        depths: NameMeasures(names).depths, gap: 0
      ).map { names[$0.index] }
    }
    #expect(shown([0, 1, 2, 3]) == names)
    #expect(shown([0, 1, 1, 2]) == ["", "layer1", "fc"])
    #expect(shown([0, 0, 1, 2]) == ["layer1.0.conv1", "layer1", "fc"])
    #expect(shown([2, 2, 2, 2]) == ["layer1"])
  }

  @Test("every row has its name where there is room, the root spelt out")
  func rows() {
    let names = ["", "conv1", "fc"]
    var scene = Scene(
      [Sample.layers(3, 3, rowNames: names, columnNames: names) { _, _ in 1 }], 80, 24)
    scene.press("2")
    #expect(scene.rowLabels.filter { !$0.isEmpty } == ["fc", "conv1", "(root)"])
    #expect(scene.columnLabels == ["(root)", "conv1", "fc"])
    scene.press("o")
    #expect(scene.rowLabels.filter { !$0.isEmpty } == ["(root)", "conv1", "fc"])
  }

  @Test("names of 3 to 1,000 layers stand beside their rows", arguments: [3, 30, 100, 1000])
  func many(count: Int) throws {
    let names = (0..<count).map { "block\($0 / 10).\($0 % 10)" }
    var scene = Scene(
      [Sample.layers(count, count, rowNames: names, columnNames: names) { _, _ in 1 }], 100, 30)
    scene.press("2")
    let (place, layout) = (try #require(scene.state.placement), try #require(scene.layerLayout))
    let shown = scene.rowLabels.enumerated().filter { !$0.element.isEmpty }
    #expect(shown.count >= min(count, 10))
    for (line, label) in shown {
      let index = try #require(names.firstIndex(of: label))
      let pixels = try #require(place.pixelsDown(row: index))
      let top = layout.heat.height * 2 - place.pixelHeight
      #expect((pixels.lowerBound + top) / 2 <= line && line <= (pixels.upperBound - 1 + top) / 2)
    }
  }

  @Test("names without modules stand on one line")
  func flat() {
    let names = (1...400).map(String.init)
    var scene = Scene(
      [Sample.layers(400, 400, rowNames: names, columnNames: names) { _, _ in 1 }], 100, 30)
    scene.press("2")
    let numbers = scene.columnLabels.compactMap { Int($0) }
    #expect(numbers.count > 5 && numbers == numbers.sorted())
    let second = (scene.layerLayout?.columnNames.y ?? 0) + 1
    let crowd = scene.line(second).filter(\.isNumber)
    #expect(crowd.isEmpty)
  }

  @Test("a name too long for its room keeps its end")
  func long() {
    let names = (0..<3).map { "\(String(repeating: "deep.", count: 20))conv\($0)" }
    var scene = Scene(
      [Sample.layers(3, 3, rowNames: names, columnNames: names) { _, _ in 1 }], 80, 24)
    scene.press("2")
    let labels = scene.rowLabels.filter { !$0.isEmpty }
    #expect(labels.count == 3)
    #expect(labels.allSatisfy { $0.hasPrefix("…") } && labels[0].hasSuffix(".conv2"))
  }

  @Test("labels in execution order change the names, never the values")
  func order() {
    let names = ["", "layer1", "layer1.conv", "layer1.relu", "fc"]
    var scene = Scene(
      [Sample.telling(5, 5, rowNames: names, columnNames: names)], 90, 24)
    scene.press("2")
    #expect(scene.line(0).contains("labels suspect (x)"))
    let (value, pixels) = (scene.value, scene.state.tile?.values)
    #expect(scene.names == "layer1.conv × layer1.conv")
    scene.press("x")
    #expect(scene.line(0).contains("labels as executed"))
    #expect(scene.names == "layer1 × layer1" && scene.value == value)
    #expect(scene.state.tile?.values == pixels)
    scene.press("G")
    #expect(scene.names == "layer1.conv × layer1")
    scene.press("x")
    #expect(scene.names == "(root) × layer1.conv")
  }

  @Test("on a small screen the doubt about labels and the size of a pixel are both told")
  func doubtOnASmallScreen() {
    let names = ["", "layer1", "layer1.conv"] + (0..<197).map { "layer\($0 + 2)" }
    let model = "A-model-with-a-rather-long-name"
    var scene = Scene(
      [Sample.telling(200, 200, model, model, rowNames: names, columnNames: names)], 80, 24)
    let block = scene.state.placement?.block ?? 0
    #expect(block > 1)
    scene.press("2")
    for label in ["labels suspect (x)", "labels as executed"] {
      #expect(scene.line(0).contains(label) && scene.line(0).contains("\(block)×\(block) mean"))
      scene.press("x")
    }
  }

  @Test("names in execution order offer no other order")
  func noOrder() {
    var scene = Scene([Sample.pair()])
    scene.press("2 x")
    #expect(scene.footer == " this result has no labels in doubt")
  }
}
