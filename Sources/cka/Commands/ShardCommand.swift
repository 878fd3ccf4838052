import ArgumentParser
import Core
import Formats
import Foundation
import Glibc
import Runs
import System

/// The process that computes one shard of a run, or merges all of them: `cka compute --workers`
/// starts it here, Slurm on its nodes.
struct ShardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shard", abstract: "Compute a shard, or merge them.", shouldDisplay: false)

  @Argument(help: "The folder that the shards share.")
  var folder: String

  @Argument(help: "The shard's number, from 1, or 'merge'.")
  var number: String

  func run() throws {
    do {
      let worker = try ShardWorker(folder: folder) { complain($0) }
      guard FileManager.default.changeCurrentDirectoryPath(worker.spec.workingDirectory) else {
        throw fail("\(worker.spec.workingDirectory): the working directory is missing")
      }
      // The words mean the same as when they were asked.
      let job = try BackgroundJob(worker.spec)
      if number == "merge" {
        try worker.merge(to: job.output, command: ["cka"] + worker.spec.command)
        return
      }
      guard let number = Int(number) else { throw ValidationError("not a shard: '\(number)'") }
      let status = worker.compute(number, job.request)
      if status != 0 { throw ExitCode(status) }
    } catch let error as JobError {
      throw fail(error.description)
    } catch let error as FormatError {
      throw fail(error.description)
    }
  }
}
