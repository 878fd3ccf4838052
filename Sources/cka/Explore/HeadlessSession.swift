import Cells
import Explorer

/// An explorer without a terminal: the same state and keys, every effect done at once.
final class HeadlessSession {
  private(set) var state: State
  private let paths: [String]
  private let desk: JobDesk

  init(state: State, paths: [String]) {
    self.state = state
    self.paths = paths
    desk = JobDesk(places: NamedPlaces(paths: paths))
  }

  /// Finds the results, then presses the keys one after the other.
  func run(_ keys: [Key]) {
    walk()
    for key in keys where !hasQuit { dispatch(.input(.key(key))) }
  }

  private var hasQuit = false

  private func walk() {
    var actions: [Action] = []
    ResultWalk(paths: paths) { actions.append($0) }.run()
    for action in actions { dispatch(action) }
  }

  private func dispatch(_ action: Action) {
    for effect in update(&state, action) { perform(effect) }
  }

  private func perform(_ effect: Effect) {
    switch effect {
    case .load(let id, let companion, let reread):
      dispatch(Reading.load(id, companion: companion, reread: reread).action)
    case .readSeeds(let ids): dispatch(Reading.seeds(ids))
    case .rescan: walk()
    case .export(let requests):
      dispatch(
        Exporting.write(requests, of: state.shownResults, preferences: state.preferences))
    case .jobs(let request):
      for report in desk.answer(request) { dispatch(.jobs(report)) }
    case .quit: hasQuit = true
    case .copy, .setMouse, .repaint, .suspend: break
    }
  }
}
