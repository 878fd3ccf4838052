import Core
import Similarity

@testable import Explorer

extension Sample {
  /// The minibatches' sizes of CKA and of its spread in `study`: layers i and j are alike to 1 −
  /// 0.1 |i − j|, give or take `spread` from one minibatch to the next.
  struct Looks {
    var spread = 0.02
    var minibatches = 20
    var keep = KeepPolicy.standard
    /// The layer of the first model that has no values, and why.
    var fault: (layer: Int, reason: String)?
    /// Added to the similarity of different layers.
    var shift = 0.0
    /// What the layers of either model are, as a network's library calls it.
    var kinds: (rows: [String], columns: [String]) = ([], [])
  }

  /// A block of a study of two models with `rows` and `columns` layers, named as in `layers`.
  static func study(
    _ rows: Int = 4, _ columns: Int = 5, path: String = "runs/study.cka.safetensors",
    models: (String, String) = ("A", "B"), datasets: (String, String) = ("", ""),
    _ looks: Looks = Looks()
  ) -> Comparison {
    let all = [
      StudyModel(
        name: models.0, dataset: datasets.0,
        layers: (0..<rows).map { StudyLayer(name: "r\($0)", kind: looks.kinds.rows.at($0)) }),
      StudyModel(
        name: models.1, dataset: datasets.1,
        layers: (0..<columns).map {
          StudyLayer(
            name: models.0 == models.1 ? "r\($0)" : "c\($0)", kind: looks.kinds.columns.at($0))
        }),
    ]
    var study = Study(models: all, options: StudyOptions(keep: looks.keep))
    for index in 0..<looks.minibatches { add(index, to: &study, rows, looks) }
    let block = StudyBlock(study: study, rowModel: 0, columnModel: 1)
    return Comparison(
      id: ResultID(path: path), format: "cka bundle, version 1", kind: .layers,
      rows: all[0].axis, columns: all[1].axis, matrix: block.matrix(), block: block)
  }

  private static func add(_ index: Int, to study: inout Study, _ rows: Int, _ looks: Looks) {
    let side = study.layerCount
    var hsic: [Double] = []
    for i in 0..<side {
      for j in i..<side {
        let apart = abs((i < rows ? i : i - rows) - (j < rows ? j : j - rows))
        let wave = looks.spread * (Double(index % 5) - 2) / 2
        hsic.append(i == j ? 1 : 0.9 - 0.1 * Double(apart) + wave + looks.shift)
      }
    }
    let faults = looks.fault.map { [$0.layer: LayerProblem.told($0.reason)] } ?? [:]
    study.add(samples: 32, hsic: hsic, faults: faults)
  }
}

extension [String] {
  /// The element at `index`; empty where there is none.
  fileprivate func at(_ index: Int) -> String { indices.contains(index) ? self[index] : "" }
}
