import Core
import Similarity
import Testing

@testable import Explorer

@Suite("The picture of a job")
struct JobsResultTests {
  /// A job whose file holds a 3 × 4 result, opened from the list.
  private func opened(
    _ job: JobLine = JobSample.running, besides others: [Comparison] = [Sample.pair("X", "Y")]
  ) -> Scene {
    var scene = Scene(others, 120, 30)
    scene.send(.jobs(.list([job])))
    let result = Sample.telling(3, 4, path: job.result ?? "")
    scene.disk[result.id] = result
    scene.press("W")
    scene.send(.jobs(.opened(own(job, result))))
    return scene
  }

  /// What is in the job's own folder.
  private func own(_ job: JobLine, _ result: Comparison) -> JobResults {
    JobResults(
      job: job.id, entries: [CatalogEntry(result, folder: "job", name: "A × B")], isNamed: false)
  }

  /// The running job, finished, with its result where it was wanted.
  private var finished: JobLine {
    var job = JobSample.running
    (job.state, job.result, job.version) = (.finished, "/there/runs/ab.cka.safetensors", "2")
    return job
  }

  @Test("the finished file takes the place of the checkpoints, in the list and on the screen")
  func finishes() {
    var scene = opened()
    scene.press("2 g 0 l")
    let place = scene.state.crosshair
    let before = scene.requests.count
    scene.send(.jobs(.list([finished])))
    #expect(scene.requests.dropFirst(before) == [.collect(finished.id)])
    let result = Sample.telling(3, 4, path: "runs/ab.cka.safetensors")
    scene.disk[result.id] = result
    scene.send(
      .jobs(
        .finished(
          JobResults(
            job: finished.id, entries: [CatalogEntry(sample: result)], isNamed: true,
            replaced: JobSample.running.result))))
    #expect(scene.state.primary?.comparison.id == result.id && scene.state.crosshair == place)
    #expect(scene.screen.contains("A × B") && !scene.screen.contains("partial"))
    #expect(scene.state.catalog.entries.map(\.folder) == ["runs", "runs"])
    #expect(scene.state.jobResults.isEmpty)
    scene.send(.jobs(.list([finished])))
    #expect(scene.requests.count == before + 1, "once is enough")
  }

  @Test("a job that nobody looked at is listed when it finishes, without being shown")
  func listed() {
    var scene = Scene([Sample.pair("X", "Y")], 120, 30)
    scene.send(.jobs(.list([])))
    scene.send(.jobs(.list([finished])))
    #expect(scene.requests == [.collect(finished.id)], "it came and went between two looks")
    let result = Sample.telling(3, 4, path: "runs/ab.cka.safetensors")
    let found = JobResults(
      job: finished.id, entries: [CatalogEntry(sample: result)], isNamed: true, replaced: "jobs/3/r"
    )
    scene.send(.jobs(.finished(found)))
    #expect(scene.pair == "X × Y" && scene.state.catalog.entries.count == 2)
    var elsewhere = found
    (elsewhere.isNamed, elsewhere.entries) = (false, [CatalogEntry(sample: Sample.pair("P", "Q"))])
    scene.send(.jobs(.finished(elsewhere)))
    #expect(scene.state.catalog.entries.count == 2, "what was not named is not listed")
  }

  @Test("while the folder is walked, what a job has just written is looked for again")
  func duringAWalk() {
    var scene = Scene([], 120, 30)
    scene.find([Sample.pair("X", "Y")])
    let result = Sample.telling(3, 4, path: "runs/ab.cka.safetensors")
    scene.send(
      .jobs(
        .finished(
          JobResults(
            job: "1", entries: [CatalogEntry(sample: result)], isNamed: true, replaced: "jobs/3/r"))
      ))
    #expect(scene.asked.contains(.rescan))
  }

  @Test("what finished before is not collected, and what only a removed job held is not listed")
  func removed() {
    var scene = opened(JobSample.finished)
    #expect(scene.requests == [.list] && scene.state.catalog.entries.count == 2)
    scene.send(.jobs(.list([])))
    #expect(scene.state.catalog.entries.count == 1 && scene.pair == "A × B")
  }

  @Test("the list's cursor stays on what is shown when a job above it is removed")
  func cursor() {
    let others = ["X", "Y", "Z"].map { Sample.pair($0, "W", path: "runs/\($0).pkl") }
    var scene = opened(JobSample.finished, besides: others)
    scene.press("'")
    #expect(scene.pair == "X × W" && scene.state.entryUnderCursor == others[0].id)
    scene.send(.jobs(.list([])))
    #expect(scene.state.catalog.entries.count == 3)
    #expect(scene.pair == "X × W" && scene.state.entryUnderCursor == others[0].id)
  }

  @Test("a result that was written outside the job's folder stays in the list without the job")
  func outlives() {
    var job = JobSample.finished
    job.result = "jobs/12/elsewhere.cka.safetensors"
    var scene = opened(job)
    scene.send(.jobs(.list([])))
    #expect(scene.state.catalog.entries.count == 2 && scene.pair == "A × B")
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
