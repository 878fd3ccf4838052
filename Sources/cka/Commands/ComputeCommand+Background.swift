import ArgumentParser
import Formats
import Foundation
import Runs
import Similarity

extension ComputeCommand {
  /// Starts the comparison as a job, and says how to watch it.
  func submit() throws {
    do {
      let request = try options.request()
      let recipe = request.recipe
      guard request.shard == nil else {
        throw ValidationError("a --shard is run in the foreground, or by cka submit")
      }
      try JobsCommand.perform(startsWorker: true) { store in
        // Whose code runs is told before it can run.
        if !quiet, let note = try CodeNote.line(recipe, namesPython: options.namesPython) {
          complain(note)
        }
        let status = try BackgroundJob.submit(recipe, devices: request.devices, to: store)
        try StandardOutput.print(status.id.description)
        guard !quiet else { return }
        complain("a job runs it; cka jobs shows how far it is, cka jobs wait \(status.id) waits")
      }
    } catch let error as FormatError {
      throw fail(error.description)
    } catch let error as ComputeError {
      throw fail(error.description)
    }
  }
}
