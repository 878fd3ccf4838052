import Cells

/// The list of jobs, and below it all that is known of the chosen one.
func drawJobs(_ board: JobsBoard, _ state: State, _ theme: Theme, _ buffer: inout CellBuffer) {
  let details = state.terminal.size.height < 20 ? 4 : 7
  let rect = centred(
    state, width: 110, height: max(10, min(state.jobs.count, 30) + details + 3))
  let live = state.jobs.count { $0.state.isLive }
  let footnote = board.isAskingToRemove ? "remove it and its partial result?" : ""
  let inner = openWindow(
    "jobs", remark: live > 0 ? "\(live) at work" : "",
    footnote: footnote, in: rect, theme, &buffer)
  guard !state.jobs.isEmpty else {
    buffer.write(
      theme.keepingStart("none yet; n starts a comparison", width: inner.width), x: inner.x,
      y: inner.y, style: theme.faint)
    return
  }
  let chosen = board.index(in: state.jobs)
  let rows = max(1, inner.height - details - 1)
  let top = max(0, min(chosen - rows / 2, state.jobs.count - rows))
  for (row, job) in state.jobs.dropFirst(top).prefix(rows).enumerated() {
    let line = Rect(x: inner.x, y: inner.y + row, width: inner.width, height: 1)
    drawJob(job, isChosen: top + row == chosen, hasTimes: live > 0, theme, in: line, &buffer)
  }
  let below = Rect(
    x: inner.x, y: inner.bottom - details, width: inner.width, height: details)
  if inner.height > details + 1 { drawDetails(state.jobs[chosen], theme, in: below, &buffer) }
}

private func drawJob(
  _ job: JobLine, isChosen: Bool, hasTimes: Bool, _ theme: Theme, in line: Rect,
  _ buffer: inout CellBuffer
) {
  let base = isChosen ? theme.selection : theme.text
  buffer.fill(line, with: Cell(" ", base))
  var x = line.x
  func put(_ text: String, width: Int, _ style: Style) {
    var style = style
    if isChosen {
      style.background = base.background
      style.attributes.formUnion(base.attributes)
    }
    buffer.write(
      theme.keepingStart(text, width: min(width, line.right - x)), x: x, y: line.y, style: style)
    x += width + 1
  }
  put(job.state.rawValue, width: 10, theme.style(of: job.state))
  // What is compared must be told; on a narrow screen the percentage says what the bar would.
  let isNarrow = line.width < 50
  if !isNarrow {
    let barWidth = line.width >= 70 ? 20 : 8
    put(job.bar(width: barWidth, theme), width: barWidth, theme.style(of: job.state))
  }
  put(String(repeating: " ", count: max(0, 5 - job.percent.count)) + job.percent, width: 5, base)
  let left = job.state.isLive ? job.eta.map(JobLine.clock) ?? "" : ""
  if hasTimes, !isNarrow { put(left, width: 8, theme.faint) }
  let time = line.width >= 90 ? job.submitted : ""
  let room = max(0, line.right - x - (time.isEmpty ? 0 : time.count + 1))
  put(job.title, width: room, base)
  if !time.isEmpty { put(time, width: time.count, theme.faint) }
}

private func drawDetails(
  _ job: JobLine, _ theme: Theme, in rect: Rect, _ buffer: inout CellBuffer
) {
  func folded(_ text: String, _ style: Style) -> [(text: String, style: Style)] {
    text.isEmpty ? [] : Reader.fold(text, width: rect.width).map { ($0, style) }
  }
  let isTrouble = [.failed, .died, .broken].contains(job.state)
  let progress = [job.progress, job.id].filter { !$0.isEmpty }.joined(separator: "  ")
  let facts =
    folded(progress, theme.accent)
    + (isTrouble && !job.log.isEmpty ? folded("log: \(job.log)", theme.text) : [])
    + folded(job.command, theme.faint)
  // The reason before all else: on a small screen the rest waits behind a key.
  var lines = folded(job.reason ?? "", isTrouble ? theme.error : theme.warning)
  let room = rect.height - 1
  let most = room - (room < 6 ? 0 : min(2, facts.count))
  if lines.count > most {
    lines = Array(lines.prefix(most))
    lines[most - 1].text = theme.keepingStart(lines[most - 1].text + " \u{2026}", width: rect.width)
  }
  for (row, line) in (lines + facts).prefix(room).enumerated() {
    buffer.write(
      theme.keepingStart(line.text, width: rect.width), x: rect.x, y: rect.y + 1 + row,
      style: line.style)
  }
}

extension JobLine {
  /// A bar of `width` cells; empty when the job has not begun.
  fileprivate func bar(width: Int, _ theme: Theme) -> String {
    guard let fraction else { return "" }
    let full = Int((max(0, min(1, fraction)) * Double(width)).rounded(.down))
    return String(repeating: theme.glyph("━", "#"), count: full)
      + String(repeating: theme.glyph("─", "."), count: width - full)
  }
}

extension Theme {
  fileprivate func style(of state: JobLine.State) -> Style {
    switch state {
    case .running: key
    case .finished: good
    case .failed, .died, .broken: error
    case .queued, .cancelling, .cancelled: warning
    }
  }
}
