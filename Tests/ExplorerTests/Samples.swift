import Cells
import Core
import Similarity

@testable import Explorer

/// Results made by hand, small enough to know every value of.
enum Sample {
  /// Names of a small residual network, in execution order.
  static let resnet = [
    "conv1", "bn1", "relu", "layer1.0.conv1", "layer1.0.bn1", "layer1.0.conv2", "layer1.0.bn2",
    "layer2.0.conv1", "layer2.0.bn1", "layer2.0.conv2", "layer2.0.bn2", "layer2.0.downsample.0",
    "avgpool", "fc",
  ]

  /// Value (i, j) is i + j / 1000: it tells where it stands.
  static func telling(
    _ rows: Int, _ columns: Int, _ a: String = "A", _ b: String = "B", path: String = "runs/t.pkl",
    rowNames: [String]? = nil, columnNames: [String]? = nil
  ) -> Comparison {
    layers(rows, columns, a, b, path: path, rowNames: rowNames, columnNames: columnNames) {
      Double($0) + Double($1) / 1000
    }
  }

  /// A layer matrix with names "r0", "r1", … and "c0", "c1", … where none are given.
  static func layers(
    _ rows: Int, _ columns: Int, _ a: String = "A", _ b: String = "B", path: String = "runs/a.pkl",
    dataset: String = "", rowNames: [String]? = nil, columnNames: [String]? = nil,
    warnings: [String] = [], _ value: (Int, Int) -> Double
  ) -> Comparison {
    let values = (0..<rows).flatMap { row in (0..<columns).map { value(row, $0) } }
    return Comparison(
      id: ResultID(path: path), format: "pickle, protocol 4", kind: .layers,
      rows: Axis(
        model: a, dataset: dataset, layers: rowNames ?? (0..<rows).map { "r\($0)" }),
      columns: Axis(
        model: b, dataset: dataset, layers: columnNames ?? (0..<columns).map { "c\($0)" }),
      matrix: Matrix(rows: rows, columns: columns, values: values), warnings: warnings)
  }

  /// Two residual networks: similar where they are equally deep.
  static func pair(
    _ a: String = "ResNet18", _ b: String = "ResNet34", path: String = "runs/resnets.pkl",
    rowNames: [String] = resnet, columnNames: [String] = resnet
  ) -> Comparison {
    layers(
      rowNames.count, columnNames.count, a, b, path: path, dataset: "Dataset CIFAR10",
      rowNames: rowNames, columnNames: columnNames
    ) { row, column in
      let (x, y) = (
        Double(row) / Double(rowNames.count), Double(column) / Double(columnNames.count)
      )
      return 1 - abs(x - y)
    }
  }

  /// Minibatch scores: minibatch i of n has the score ((7 i + 3) mod n) / n, a shuffled ramp
  /// wherever 7 does not divide n.
  static func minibatches(
    _ count: Int, _ a: String = "ResNet18", _ b: String = "ResNet34",
    path: String = "runs/resnets-minibatches.pkl"
  ) -> Comparison {
    scores(
      (0..<count).map { Double((7 * $0 + 3) % count) / Double(count) }, a, b, path: path)
  }

  static func scores(
    _ scores: [Double], _ a: String = "ResNet18", _ b: String = "ResNet34",
    path: String = "runs/resnets-minibatches.pkl"
  ) -> Comparison {
    Comparison(
      id: ResultID(path: path), format: "npy", kind: .minibatches,
      rows: Axis(model: a, dataset: "Dataset CIFAR10", layers: []),
      columns: Axis(model: b, dataset: "Dataset CIFAR10", layers: []),
      matrix: Matrix(rows: 1, columns: scores.count, values: scores))
  }

  /// A folder of pairs: A × B and its swapped partner, A × C, B × C with scores, and another
  /// folder.
  static func folder() -> [Comparison] {
    let (short, long) = (Array(resnet.prefix(7)), resnet)
    return [
      pair("A", "B", path: "runs/a-b.pkl", rowNames: short, columnNames: long),
      pair("B", "A", path: "runs/b-a.pkl", rowNames: long, columnNames: short),
      pair("A", "C", path: "runs/a-c.pkl", rowNames: short, columnNames: short),
      pair("B", "C", path: "runs/b-c.pkl", rowNames: long, columnNames: short),
      minibatches(400, "B", "C", path: "runs/b-c-minibatches.pkl"),
      minibatches(399, "D", "E", path: "other/d-e-minibatches.npy"),
    ]
  }

  /// Everything that is odd in its own way: for tests of what must hold on every screen.
  static func oddities() -> [Comparison] {
    let wide = ["層.畳み込み", "層.正規化", "🦊.conv", "🦊.relu"]
    let long = (0..<4).map { "module.\(String(repeating: "deep.", count: 60))conv\($0)" }
    let names = (0..<1000).map { "block\($0 / 10).layer\($0 % 10)" }
    return [
      layers(1, 1, "one", "one", path: "odd/1x1.npy") { _, _ in 0.5 },
      layers(3, 1000, "few", "many", path: "odd/wide.npy", columnNames: names) {
        Double($0) / 3 + Double($1) / 2000
      },
      layers(1000, 3, "many", "few", path: "odd/tall.npy", rowNames: names) {
        Double($0) / 2000 + Double($1) / 3
      },
      layers(5, 6, "nothing", "nothing", path: "odd/nan.npy") { _, _ in .nan },
      layers(7, 7, "flat", "flat", path: "odd/flat.npy") { _, _ in 0.25 },
      layers(6, 6, "minus", "plus", path: "odd/negative.npy") { Double($0 - $1) / 5 },
      layers(3, 3, "huge", "huge", path: "odd/huge.npy") { Double($0 - 1) * 1e308 * Double($1) },
      layers(4, 4, "模型甲", "狐🦊", path: "odd/画像/wide.npy", rowNames: wide, columnNames: wide) {
        Double($0 * $1) / 9
      },
      layers(
        4, 4, String(repeating: "Long", count: 50), "", path: "odd/long.npy", rowNames: long,
        columnNames: long, warnings: [String(repeating: "word ", count: 80)]
      ) { Double($0 + $1) / 6 },
      pair(path: "odd/registered.pkl", rowNames: [""] + resnet, columnNames: [""] + resnet),
      minibatches(400), minibatches(10, "one", "one", path: "odd/ten.npy"),
      scores([0.5], "模型甲", "狐🦊", path: "odd/single.npy"),
      scores([.nan, -0.25, .infinity, 1e300, 0.5], "minus", "plus", path: "odd/five.npy"),
      minibatches(20_000, "flat", "flat", path: "odd/many-minibatches.npy"),
    ]
  }
}
