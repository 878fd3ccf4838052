import Similarity
import Testing

@testable import Core

/// `named_modules()` of torchvision's resnet18, down to the first block with a downsample path.
private let registered = [
  "", "conv1", "bn1", "relu", "maxpool",
  "layer1", "layer1.0", "layer1.0.conv1", "layer1.0.bn1", "layer1.0.relu", "layer1.0.conv2",
  "layer1.0.bn2",
  "layer2", "layer2.0", "layer2.0.conv1", "layer2.0.bn1", "layer2.0.relu", "layer2.0.conv2",
  "layer2.0.bn2", "layer2.0.downsample", "layer2.0.downsample.0", "layer2.0.downsample.1",
  "avgpool", "fc",
]

/// The order in which the hooks of these modules fire.
private let executed = [
  "conv1", "bn1", "relu", "maxpool",
  "layer1.0.conv1", "layer1.0.bn1", "layer1.0.relu", "layer1.0.conv2", "layer1.0.bn2", "layer1.0",
  "layer1",
  "layer2.0.conv1", "layer2.0.bn1", "layer2.0.relu", "layer2.0.conv2", "layer2.0.bn2",
  "layer2.0.downsample.0", "layer2.0.downsample.1", "layer2.0.downsample", "layer2.0", "layer2",
  "avgpool", "fc", "",
]

@Suite struct LayerOrderTests {
  @Test func executesResNet18ChildrenFirst() {
    #expect(LayerOrder.isRegistrationOrder(registered))
    #expect(LayerOrder.executed(registered) == executed)
  }

  @Test func doesNotTakeAnExecutedOrderForARegisteredOne() {
    #expect(!LayerOrder.isRegistrationOrder(executed))
  }

  @Test func executesPartOfAModel() {
    let names = ["layer3", "layer3.0", "layer3.0.conv1", "layer4.1.conv2", "fc"]
    #expect(LayerOrder.isRegistrationOrder(names))
    #expect(
      LayerOrder.executed(names)
        == ["layer3.0.conv1", "layer3.0", "layer3", "layer4.1.conv2", "fc"])
    #expect(LayerOrder.executed(["a", "a.b.c"]) == ["a.b.c", "a"])
  }

  @Test(arguments: [
    [], [""], ["fc"], ["conv1", "conv2"], ["layer1", "layer10", "layer1_1"], ["relu", "relu"],
    ["a.b", "a.c"], ["a", "a."].reversed(), ["", ""], ["1", "2", "10"],
  ])
  func leavesNamesThatAreNoTree(names: [String]) {
    #expect(!LayerOrder.isRegistrationOrder(names))
    #expect(LayerOrder.executed(names) == names)
  }

  @Test func losesNoName() {
    let names = ["", "a", "a", "a.b", "a", "a.b", "", "c.d", "c", "c.d.e"]
    #expect(LayerOrder.executed(names).sorted() == names.sorted())
  }

  @Test func takesThousandsOfNestedNames() {
    var name = "block"
    var names = [name]
    for depth in 1..<2000 {
      name += ".\(depth)"
      names.append(name)
    }
    #expect(LayerOrder.executed(names) == names.reversed())
  }
}

@Suite struct ComparisonLabelTests {
  private func comparison(
    rows: [String], columns: [String], kind: Comparison.Kind = .layers, generated: Bool = false
  ) -> Comparison {
    let count = rows.count * columns.count
    return Comparison(
      id: ResultID(path: "a.pkl"), format: "pickle", kind: kind,
      rows: Axis(model: "A", layers: rows, layersAreGenerated: generated),
      columns: Axis(model: "B", dataset: "D", layers: columns),
      matrix: Matrix(rows: rows.count, columns: columns.count, values: (0..<count).map(Double.init))
    )
  }

  @Test func relabelsOnlyTheAxisThatLooksRegistered() {
    let result = comparison(rows: ["", "conv", "fc"], columns: ["x", "y"])
    #expect(result.labelsLookRegistered)
    #expect(result.axes(order: .exported).rows == result.rows)
    let (rows, columns) = result.axes(order: .executed)
    #expect(rows == Axis(model: "A", layers: ["conv", "fc", ""]))
    #expect(columns == result.columns)
  }

  @Test func relabelsColumnsToo() {
    let result = comparison(rows: ["fc"], columns: ["x", "x.0", "x.1"])
    #expect(result.labelsLookRegistered)
    #expect(result.axes(order: .executed).columns.layers == ["x.0", "x.1", "x"])
    #expect(result.axes(order: .executed).columns.dataset == "D")
  }

  @Test func leavesOtherLabelsAlone() {
    let plain = comparison(rows: ["conv", "fc"], columns: ["x", "y"])
    let minibatches = comparison(
      rows: [""], columns: ["", "conv", "fc"], kind: .minibatches)
    let numbers = comparison(rows: ["a", "a.b"], columns: ["x", "y"], generated: true)
    for result in [plain, minibatches, numbers] {
      #expect(!result.labelsLookRegistered)
      let (rows, columns) = result.axes(order: .executed)
      #expect(rows == result.rows && columns == result.columns)
    }
  }

  @Test func numbersLayersWithoutNames() {
    let axis = Axis.numbered(3, model: "A")
    #expect(axis.layers == ["1", "2", "3"])
    #expect(axis.layersAreGenerated && axis.model == "A" && axis.dataset.isEmpty)
  }

  @Test func ordersResultsByPathThenKey() {
    let ids = [("b", ""), ("a", "y"), ("a", "x")].map { ResultID(path: $0.0, key: $0.1) }
    #expect(ids.sorted() == [ids[2], ids[1], ids[0]])
  }

  @Test func namesTheElementTypeOfTheMatrixUnlessToldOtherwise() {
    #expect(comparison(rows: ["a"], columns: ["b"]).dtype == "float64")
  }
}
