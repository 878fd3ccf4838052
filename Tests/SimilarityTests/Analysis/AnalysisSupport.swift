import Core

@testable import Similarity

/// A layer matrix with given names; `value(i, j)` says what stands in it.
func layerResult(
  _ rows: [String], _ columns: [String], models: (String, String) = ("A", "B"),
  datasets: (String, String) = ("", ""), _ value: (Int, Int) -> Double
) -> Comparison {
  Comparison(
    id: ResultID(path: "\(models.0)-\(models.1).npy"), format: "npy", kind: .layers,
    rows: Axis(model: models.0, dataset: datasets.0, layers: rows),
    columns: Axis(model: models.1, dataset: datasets.1, layers: columns),
    matrix: Matrix(
      rows: rows.count, columns: columns.count,
      values: rows.indices.flatMap { row in columns.indices.map { value(row, $0) } }))
}

/// The block of two models of a study with minibatches whose CKA of every two layers is about
/// `similarity`, give or take `spread`.
func studyResult(
  _ rows: [String], _ columns: [String], similarity: Double, spread: Double,
  minibatches: Int = 10, datasets: (String, String) = ("one", "two")
) -> Comparison {
  let models = zip([rows, columns], [datasets.0, datasets.1]).map { layers, dataset in
    StudyModel(name: "net", dataset: dataset, layers: layers.map { StudyLayer(name: $0) })
  }
  var study = Study(models: models, options: StudyOptions())
  let triangle = study.triangle
  for index in 0..<minibatches {
    var hsic = [Double](repeating: similarity, count: triangle.count)
    for k in hsic.indices { hsic[k] += index.isMultiple(of: 2) ? spread : -spread }
    for layer in 0..<triangle.side { hsic[triangle.index(layer, layer)] = 1 }
    study.add(samples: 8, hsic: hsic)
  }
  let block = StudyBlock(study: study, rowModel: 0, columnModel: 1)
  return Comparison(
    id: ResultID(path: "study.cka.safetensors"), format: "bundle", kind: .layers,
    rows: models[0].axis, columns: models[1].axis, matrix: block.matrix(), block: block)
}
