import Cells
import Core
import Similarity

// What is told about jobs, and what is known of them.
extension State {
  /// Takes in what is told about jobs.
  mutating func react(to report: JobReport) -> [Effect] {
    switch report {
    case .list(let lines): return accept(lines)
    case .opened(let results): return open(results)
    case .finished(let results): return replaceCheckpoints(by: results)
    case .log(let id, let lines):
      var reader = Reader(title: "Log of \(id)", lines: logLines(lines))
      reader.top = max(0, reader.lines.count - max(1, terminal.size.height - 5))
      overlay = .text(reader)
    case .details(let id, let facts, let lines):
      overlay = .text(
        Reader(
          title: "Job \(id)",
          lines: folded(facts, indent: 16) + ["", "Its last words"] + logLines(lines.suffix(200))))
    case .done(let text): message = .note(text)
    case .refused(let text): message = .error(text)
    case .submitted(let id):
      overlay = .jobs(JobsBoard(chosen: id))
      message = .note("job \(id) started")
    case .checked(let recipe, let lines, let isReady):
      acceptCheck(of: recipe, lines: lines, isReady: isReady)
    case .checking(let recipe, let seconds): tickCheck(of: recipe, seconds: seconds)
    case .completions(let request, let found, let problem):
      acceptCompletions(of: request, found, problem: problem)
    case .form(let recipe): return fillForm(recipe)
    case .recipeExists(let path): confirmReplacing(path)
    }
    return []
  }

  private func logLines(_ lines: [String]) -> [String] {
    folded(lines.isEmpty ? ["nothing was logged"] : lines)
  }

  /// Lines for a window of text, none cut.
  private func folded(_ lines: [String], indent: Int? = nil) -> [String] {
    let width = max(20, min(100, terminal.size.width - 2) - 6)
    return lines.flatMap { Reader.fold($0, width: width, indent: indent) }.map { "  \($0)" }
  }

  /// The newest state of all jobs; a new checkpoint of the result on the screen is read.
  private mutating func accept(_ lines: [JobLine]) -> [Effect] {
    let before = Dictionary(jobs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let isFirst = !areJobsKnown
    (jobs, areJobsKnown) = (lines, true)
    var effects = forgetRemoved(Array(before.values))
    for line in lines {
      // One that came and went between two looks has a result, too; what was there at first, the
      // walk finds.
      if line.state == .finished, before[line.id].map(\.state.isLive) ?? !isFirst {
        effects.append(.jobs(.collect(line.id)))
      }
      guard let old = before[line.id], old.version != line.version, let path = line.result
      else { continue }
      recent.removeAll { $0.id.path == path }
      if let shown = primary?.comparison.id, shown.path == path, pending == nil {
        effects.append(.load(shown, companion: companion?.comparison.id, reread: true))
      }
    }
    return effects
  }

  /// Results that only the folder of a job held go with the job.
  private mutating func forgetRemoved(_ before: [JobLine]) -> [Effect] {
    let ids = Set(jobs.map(\.id))
    let removed = before.filter { !ids.contains($0.id) }
    return unlist(jobResults.filter { id in removed.contains { $0.holds(id.path) } })
  }

  /// Takes results of jobs out of the list; a picture of them stays, and so does the cursor where
  /// its own entry does.
  private mutating func unlist(_ gone: Set<ResultID>) -> [Effect] {
    guard !gone.isEmpty else { return [] }
    jobResults.subtract(gone)
    let underCursor = entryUnderCursor ?? wanted
    let kept = Set(catalog.entries.map(\.id)).subtracting(gone)
    let survivor = catalog.survivor(of: underCursor, among: kept)
    catalog.keepOnly(kept)
    return moveListCursor(to: survivor)
  }

  private mutating func open(_ results: JobResults) -> [Effect] {
    guard let first = results.entries.first else {
      message = .error("the result of job \(results.job) holds nothing to show")
      return []
    }
    overlay = nil
    let effects = list(results)
    // Whoever opens a result wants to look at it, as soon as it has been read.
    (startsInPicture, isUntouched) = (true, true)
    guard wanted == first.id else { return effects + show(first.id) }
    startInPicture()
    return effects
  }

  /// The finished file takes the place of the checkpoints: in the list where it, or they, belong
  /// there, and on the screen.
  private mutating func replaceCheckpoints(by results: JobResults) -> [Effect] {
    let old = results.replaced
    guard results.isNamed || jobResults.contains(where: { $0.path == old }) else { return [] }
    let shown = wanted
    let effects = list(results)
    guard let shown, shown.path == old,
      let same = results.entries.first(where: { $0.id.key == shown.key })
    else { return effects }
    return effects + show(same.id)
  }

  private mutating func list(_ results: JobResults) -> [Effect] {
    if !results.isNamed { jobResults.formUnion(results.entries.map(\.id)) }
    var effects = merge(results.entries)
    if let old = results.replaced { effects += unlist(jobResults.filter { $0.path == old }) }
    // A walk that is under way may have passed the file's place before it was there.
    return effects + (results.isNamed && !scan.isFinished ? [.rescan] : [])
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
    guard let job = partialJob else {
      guard difference == nil, let shown = layerResult ?? minibatchResult else { return nil }
      return shown.comparison.standing.first(where: \.isPartial)?.description
    }
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
