import CKACore
import Testing

@testable import Explorer

@Suite("The picture of a job")
struct JobsResultTests {
  /// A job whose file holds a 3 × 4 result, opened from the list.
  private func opened(_ job: JobLine = JobSample.running) -> Scene {
    var scene = Scene([Sample.pair("X", "Y")], 120, 30)
    scene.send(.jobs(.list([job])))
    let result = Sample.telling(3, 4, path: job.result ?? "")
    scene.disk[result.id] = result
    scene.press("W")
    scene.send(.jobs(.opened(job.id, [CatalogEntry(result, folder: "job", name: "A × B")])))
    return scene
  }

  @Test("opening shows the result, listed under the job, and marks it as partial")
  func opens() {
    let scene = opened()
    #expect(scene.state.overlay == nil && scene.pair == "A × B")
    #expect(scene.screen.contains("partial: n 120"))
    #expect(scene.state.focus == .layers, "the keys go to the picture")
    #expect(opened(JobSample.finished).pair == "A × B")
    #expect(!opened(JobSample.finished).screen.contains("partial"))
  }

  @Test("a new checkpoint is read by itself; the crosshair stays where it is")
  func checkpoint() {
    var scene = opened()
    scene.press("2 g 0 l")
    let place = scene.state.crosshair
    let before = scene.asked.count
    scene.send(.jobs(.list([JobSample.running])))
    #expect(scene.asked.count == before, "nothing is new")
    var grown = JobSample.running
    (grown.version, grown.done) = ("2", 200)
    let newer = Sample.layers(3, 4, path: grown.result ?? "") { _, _ in 0.25 }
    scene.disk[newer.id] = newer
    scene.send(.jobs(.list([grown])))
    #expect(scene.asked.last == .load(newer.id, companion: nil, reread: true))
    #expect(scene.value == 0.25 && scene.state.crosshair == place)
    #expect(scene.screen.contains("partial: n 200"))
    grown.state = .finished
    scene.send(.jobs(.list([grown])))
    #expect(!scene.screen.contains("partial"))
  }

  @Test("a checkpoint of a job that is not on the screen is not read, and not forgotten")
  func elsewhere() {
    var scene = opened()
    scene.press("'")
    #expect(scene.pair == "X × Y")
    let before = scene.asked.count
    var grown = JobSample.running
    grown.version = "2"
    let newer = Sample.layers(3, 4, path: grown.result ?? "") { _, _ in 0.25 }
    scene.disk[newer.id] = newer
    scene.send(.jobs(.list([grown])))
    #expect(scene.asked.count == before)
    scene.press("'")
    #expect(scene.pair == "A × B" && scene.value == 0.25)
  }

  @Test("the results of jobs stay in the list when the folder is walked again")
  func walk() {
    var scene = opened()
    let found = scene.state.catalog.entries.filter { $0.folder != "job" }.map(\.id)
    scene.send(.walked(Set(found)))
    #expect(scene.state.catalog.entries.count == 2)
  }

  @Test("n so far is that of the picture, where it has a study")
  func samples() {
    let layers = (0..<2).map { StudyLayer(name: "l\($0)") }
    var study = Study(models: [StudyModel(name: "A", layers: layers)], options: StudyOptions())
    study.add(samples: 32, hsic: [1, 0.5, 1])
    study.add(samples: 16, hsic: [1, 0.5, 1])
    let block = StudyBlock(study: study, rowModel: 0, columnModel: 0)
    let axis = Axis(model: "A", layers: layers.map(\.name))
    let result = Comparison(
      id: ResultID(path: JobSample.running.result ?? ""), format: "bundle", kind: .layers,
      rows: axis, columns: axis, matrix: block.matrix(), block: block)
    var scene = Scene([result], 120, 30)
    scene.send(.jobs(.list([JobSample.running])))
    #expect(scene.screen.contains("partial: 48 samples, n 2"))
  }
}
