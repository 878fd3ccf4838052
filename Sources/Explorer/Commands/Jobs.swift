import Cells

extension Command {
  static let jobCommands: [Command] = [
    Command("jobs", [.character("W")], .jobs, "jobs at work and done: watch, open, cancel, resume")
    {
      // With a live picture on the screen, its job is the one that is meant.
      $0.overlay = .jobs(JobsBoard(chosen: $0.partialJob?.id))
      return [.jobs(.list)]
    },
    Command(
      "compute", [.character("S")], .jobs, "start a comparison of models, or of saved activations"
    ) {
      $0.openForm()
      return []
    },
  ]
}
