import CKACore
import Cells

// What is told about jobs, and what is known of them.
extension State {
  /// Takes in what is told about jobs.
  mutating func react(to report: JobReport) -> [Effect] {
    switch report {
    case .list(let lines): return accept(lines)
    case .opened(let id, let entries): return open(id, entries)
    case .log(let id, let lines):
      let shown = lines.isEmpty ? ["  nothing was logged"] : lines.map { "  \($0)" }
      var reader = Reader(title: "Log of \(id)", lines: shown)
      reader.top = max(0, shown.count - max(1, terminal.size.height - 5))
      overlay = .text(reader)
    case .done(let text): message = .note(text)
    case .refused(let text): message = .error(text)
    case .submitted(let id):
      overlay = .jobs(JobsBoard(chosen: id))
      message = .note("job \(id) started")
    case .checked(let arguments, let lines, let isReady):
      acceptCheck(of: arguments, lines: lines, isReady: isReady)
    case .checking(let arguments, let seconds): tickCheck(of: arguments, seconds: seconds)
    case .completions(let request, let found, let problem):
      acceptCompletions(of: request, found, problem: problem)
    case .form(let arguments): return fillForm(arguments)
    case .studyExists(let path): confirmReplacing(path)
    }
    return []
  }

  /// The newest state of all jobs; a new checkpoint of the result on the screen is read.
  private mutating func accept(_ lines: [JobLine]) -> [Effect] {
    let before = Dictionary(
      jobs.map { ($0.id, $0.version) }, uniquingKeysWith: { first, _ in first })
    jobs = lines
    var effects: [Effect] = []
    for line in lines where before[line.id].map({ $0 != line.version }) ?? false {
      guard let path = line.result else { continue }
      recent.removeAll { $0.id.path == path }
      if let shown = primary?.comparison.id, shown.path == path, pending == nil {
        effects.append(.load(shown, companion: companion?.comparison.id, reread: true))
      }
    }
    return effects
  }

  private mutating func open(_ id: String, _ entries: [CatalogEntry]) -> [Effect] {
    guard let first = entries.first else {
      message = .error("the result of job \(id) holds nothing to show")
      return []
    }
    overlay = nil
    jobResults.formUnion(entries.map(\.id))
    let effects = merge(entries)
    // Whoever opens a result wants to look at it, as soon as it has been read.
    (startsInPicture, isUntouched) = (true, true)
    guard wanted == first.id else { return effects + show(first.id) }
    startInPicture()
    return effects
  }
}

// MARK: What is known

extension State {
  /// The unfinished job whose result is on the screen.
  var partialJob: JobLine? {
    guard let path = primary?.comparison.id.path else { return nil }
    return jobs.first { $0.result == path && $0.state != .finished }
  }

  /// What the title of a partial picture says: how much is in it.
  var partialRemark: String? {
    guard let job = partialJob else { return nil }
    if let study = layerResult?.comparison.block?.study {
      return "partial: \(study.countedSamples) samples, n \(study.countedMinibatches)"
    }
    return "partial" + (job.done.map { ": n \($0)" } ?? "")
  }

  /// "job 45 %", or how many there are; empty when none is live.
  var liveJobsRemark: String {
    let live = jobs.filter(\.state.isLive)
    guard let first = live.first else { return "" }
    guard live.count == 1 else { return "\(live.count) jobs (W)" }
    return first.state == .running ? "job \(first.percent) (W)" : "job \(first.state.rawValue) (W)"
  }
}
