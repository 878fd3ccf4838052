@testable import Explorer

/// Jobs made by hand, newest first.
enum JobSample {
  static let queued = JobLine(id: "20261124-061700-0004", title: "A × D", state: .queued)

  static let running: JobLine = {
    var job = JobLine(id: "20261124-061600-0003", title: "A × B", state: .running)
    (job.fraction, job.done, job.total) = (0.45, 120, 267)
    (job.rate, job.eta, job.halfWidth) = (3.21, 45.2, 0.0031)
    job.submitted = "11-24 06:16"
    job.command = "cka compute a.npz -o a.cka.safetensors"
    (job.result, job.version) = ("jobs/3/result.cka.safetensors", "1")
    job.folder = "jobs/3"
    return job
  }()

  static let died: JobLine = {
    var job = JobLine(id: "20261124-061500-0002", title: "A × C", state: .died)
    job.reason = "its worker ended without a word; see the log"
    (job.fraction, job.result) = (0.1, "jobs/2/result.cka.safetensors")
    job.folder = "jobs/2"
    return job
  }()

  static let finished: JobLine = {
    var job = JobLine(id: "20261124-061400-0001", title: "B × C", state: .finished)
    (job.fraction, job.done, job.total) = (1, 267, 267)
    (job.result, job.folder) = ("jobs/1/result.cka.safetensors", "jobs/1")
    return job
  }()

  static let all = [queued, running, died, finished]
}

extension Scene {
  /// A scene with the four jobs, their list in front of the panes and the cursor on `job`.
  init(jobsWithCursorOn job: JobLine, _ width: Int = 100, _ height: Int = 24) {
    self.init([Sample.pair()], width, height, depth: .none)
    send(.jobs(.list(JobSample.all)))
    press("W")
    for _ in 0..<(JobSample.all.firstIndex(of: job) ?? 0) { press("Down") }
  }

  /// What was asked of the jobs, oldest first.
  var requests: [JobRequest] {
    asked.compactMap { effect in
      if case .jobs(let request) = effect { request } else { nil }
    }
  }
}
