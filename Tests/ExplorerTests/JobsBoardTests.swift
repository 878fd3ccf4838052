import Cells
import Core
import Testing

@testable import Explorer

@Suite("The list of jobs")
struct JobsBoardTests {
  @Test("shows states, progress and time left, and all that is known of the chosen job")
  func screen() {
    var scene = Scene([], 90, 15, depth: .none)
    scene.send(.jobs(.list(JobSample.all)))
    scene.press("W Down")
    #expect(scene.requests == [.list])
    let lines = [
      "queued                                         A × D",
      "running    ━━━━━━━━━───────────  45 % 0:46     A × B",
      "died       ━━──────────────────  10 %          A × C",
      "finished   ━━━━━━━━━━━━━━━━━━━━ 100 %          B × C",
      "120 of 267 minibatches, 3.2 samples/s, 0:46 left, ±0.0031  20261124-061600-0003",
      "cka compute a.npz -o a.cka.safetensors",
      "Enter opens  i more  c cancels  t again  e edit  l log  n new  Esc leaves",
    ]
    for line in lines { #expect(scene.screen.contains(line), "\(line)") }
    #expect(scene.screen.contains("2 at work"))
  }

  @Test("a narrow screen still says what is compared, also while a job is at work")
  func narrow() {
    var scene = Scene([], 40, 12, depth: .none)
    scene.send(.jobs(.list(JobSample.all)))
    scene.press("W Down")
    #expect(scene.screen.contains("running     45 % A × B") && scene.screen.contains("─ jobs ─"))
    #expect(scene.screen.contains("Enter opens  i more  Esc leaves"))
  }

  @Test("an empty list says how to begin, and n opens the form")
  func empty() {
    var scene = Scene([Sample.pair()])
    scene.press("W")
    #expect(scene.screen.contains("none yet; n starts a comparison"))
    scene.press("Enter l c r t e d")
    #expect(scene.requests == [.list])
    scene.press("n")
    #expect(scene.state.overlay == .form)
    scene.press("Esc")
    #expect(scene.state.overlay == nil)
  }

  @Test("the cursor stays on its job while others come and go")
  func cursor() {
    var scene = Scene(jobsWithCursorOn: JobSample.died)
    let newcomer = JobLine(id: "20261124-070000-0005", title: "E × F", state: .queued)
    scene.send(.jobs(.list([newcomer] + JobSample.all)))
    scene.press("r")
    scene.send(.jobs(.list([JobSample.died])))
    scene.press("r")
    #expect(scene.requests.suffix(2) == [.resume(JobSample.died.id), .resume(JobSample.died.id)])
    scene.press("G k g j")
    #expect(scene.state.overlay == .jobs(JobsBoard(chosen: JobSample.died.id)))
  }

  @Test("a job is asked only for what it can do; otherwise a word says why not")
  func keys() {
    let cases: [(job: JobLine, key: String, request: (String) -> JobRequest)] = [
      (JobSample.queued, "c", JobRequest.cancel), (JobSample.running, "c", JobRequest.cancel),
      (JobSample.died, "r", JobRequest.resume), (JobSample.finished, "t", JobRequest.retry),
      (JobSample.running, "Enter", JobRequest.open), (JobSample.died, "l", JobRequest.log),
    ]
    for (job, key, request) in cases {
      var scene = Scene(jobsWithCursorOn: job)
      scene.press(key)
      #expect(scene.requests.last == request(job.id), "\(job.state) \(key)")
    }
    let refusals = [
      (JobSample.finished, "c", "nothing to cancel"), (JobSample.running, "r", "can go on"),
      (JobSample.running, "d", "cancel it first"), (JobSample.queued, "Enter", "no result yet"),
      (JobSample.queued, "z", "does nothing here"),
    ]
    for (job, key, word) in refusals {
      var scene = Scene(jobsWithCursorOn: job)
      scene.press(key)
      #expect(scene.requests == [.list] && scene.footer.contains(word), "\(job.state) \(key)")
    }
  }

  @Test("a job is removed only after y")
  func removal() {
    var scene = Scene(jobsWithCursorOn: JobSample.finished)
    scene.press("d")
    #expect(scene.screen.contains("y removes"))
    scene.press("n")
    #expect(scene.requests == [.list] && scene.footer.contains("kept"))
    scene.press("d y")
    #expect(scene.requests.last == .remove(JobSample.finished.id))
    #expect(scene.state.overlay == .jobs(JobsBoard(chosen: JobSample.died.id)))
  }

  @Test("a failure tells its reason and its log on every screen; i tells all, none of it cut")
  func details() {
    var job = JobSample.died
    job.state = .failed
    job.reason = (1...60).map { "word\($0)" }.joined(separator: " ")
    job.log = "/state/cka/jobs/\(job.id)/log.txt"
    for (width, height) in [(120, 40), (80, 24), (40, 12)] {
      var scene = Scene([Sample.pair()], width, height, depth: .none)
      scene.send(.jobs(.list([job])))
      scene.press("W")
      #expect(scene.screen.contains("─ jobs ─") && scene.screen.contains("word1 word2"))
      #expect(scene.screen.contains("i more"))
      #expect(scene.screen.contains("log: \(job.log)") == (height > 12))
      #expect(breaches(of: scene.state) == [])
      scene.press("i")
      #expect(scene.requests.last == .details(job.id))
      let facts = ["state  failed", "reason \(job.reason ?? "")"]
      let log = ["Traceback (most recent call last):", "  File \"a.py\", line 3, in net"]
      scene.send(.jobs(.details(job.id, facts: facts, log: log)))
      var seen = scene.screen
      for _ in 0..<30 {
        scene.press("Down")
        seen += scene.screen
      }
      #expect(
        (1...60).allSatisfy { seen.contains("word\($0)") } && seen.contains("  File \"a.py\""))
    }
  }

  @Test("long lines are broken at blanks, and keep their indentation")
  func fold() {
    #expect(Reader.fold("    one two three", width: 12) == ["    one two", "    three"])
    #expect(Reader.fold("0123456789abcdef", width: 10) == ["0123456789", "abcdef"])
    #expect(Reader.fold("a bb cc", width: 5, indent: 2) == ["a bb", "  cc"])
    #expect(Reader.fold("  File abcdefghijkl, 3", width: 19) == ["  File abcdefghijkl", "  , 3"])
    #expect(Reader.fold("short", width: 10) == ["short"] && Reader.fold("", width: 10) == [""])
    #expect(Reader.fold("模型甲模型乙", width: 6) == ["模型甲", "模型乙"])
    for width in -3...1 { #expect(Reader.fold("ab c", width: width) == ["a", "b", "c"]) }
  }

  @Test("the log opens at its end, and an empty one says so")
  func log() {
    var scene = Scene(jobsWithCursorOn: JobSample.died, 100, 24)
    scene.send(.jobs(.log(JobSample.died.id, (1...100).map { "line \($0)" })))
    #expect(scene.screen.contains("Log of \(JobSample.died.id)"))
    #expect(scene.screen.contains("line 100") && !scene.screen.contains("line 80 "))
    scene.send(.jobs(.log(JobSample.died.id, [])))
    #expect(scene.screen.contains("nothing was logged"))
  }

  @Test("what was done and what was refused is told in the last line")
  func news() {
    var scene = Scene([Sample.pair()])
    scene.send(.jobs(.done("job 1 is stopping")))
    #expect(scene.state.message == .note("job 1 is stopping"))
    scene.send(.jobs(.refused("1: there is no such job")))
    #expect(scene.state.message == .error("1: there is no such job"))
    scene.send(.jobs(.submitted(JobSample.queued.id)))
    #expect(scene.state.overlay == .jobs(JobsBoard(chosen: JobSample.queued.id)))
  }

  @Test("a job at work is told of below the results, on every screen")
  func remark() {
    var scene = Scene([Sample.pair()], 120, 24)
    #expect(!scene.screen.contains("(W)"))
    scene.send(.jobs(.list([JobSample.running])))
    #expect(scene.screen.contains("job 45 % (W)"))
    scene.send(.jobs(.list(JobSample.all)))
    #expect(scene.screen.contains("2 jobs (W)"))
    scene.send(.jobs(.list([JobSample.finished])))
    #expect(!scene.screen.contains("(W)"))
  }

  @Test("no size and no terminal breaks the list")
  func sizes() {
    for (width, height) in [(40, 12), (46, 12), (70, 14), (100, 30), (200, 60)] {
      for depth in ColorDepth.allCases {
        var scene = Scene([Sample.pair()], width, height, depth: depth, unicode: depth != .none)
        let many = (0..<100).map { JobLine(id: "job \($0)", title: "模型甲 × 狐🦊", state: .died) }
        for jobs in [[], JobSample.all, many] {
          scene.send(.jobs(.list(jobs)))
          scene.press("W G")
          #expect(breaches(of: scene.state) == [], "\(width) × \(height)")
          scene.press("Esc")
        }
      }
    }
  }
}

@Suite("Jobs in words")
struct JobLineTests {
  @Test("seconds as a clock shows them")
  func clock() {
    #expect(
      [0, 5, 46, 725, 3600, 370_800].map { JobLine.clock($0) }
        == ["0:00", "0:05", "0:46", "12:05", "1:00:00", "103:00:00"])
    #expect(JobLine.clock(.nan) == "?" && JobLine.clock(.infinity) == "?")
    #expect(JobLine.clock(-3) == "0:00" && JobLine.clock(59.2) == "1:00")
  }

  @Test("progress tells what is known, and no rate once it is over")
  func progress() {
    #expect(JobSample.queued.progress == "" && JobSample.queued.percent == "")
    #expect(
      JobSample.running.progress == "120 of 267 minibatches, 3.2 samples/s, 0:46 left, ±0.0031")
    var over = JobSample.running
    over.state = .cancelled
    #expect(over.progress == "120 of 267 minibatches, ±0.0031")
    over.halfWidth = .infinity
    #expect(over.progress == "120 of 267 minibatches")
  }

  @Test("only what is complete is 100 %")
  func percent() {
    var job = JobSample.running
    job.fraction = 0.9999
    #expect(job.percent == "99 %")
    job.fraction = 7
    #expect(job.percent == "100 %")
  }
}
