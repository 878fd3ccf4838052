import Core
@testable import Explorer
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Runs
@testable import cka

@Suite struct ResultWalkTests {
  private let place: Place
  private let csv = "a,b\n0.1,0.2\n0.3,0.4\n"

  init() throws { place = try Place() }

  private func write(_ name: String, _ text: String) throws {
    let path = place.path(name)
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  /// What a walk tells, until it is not wanted any more.
  private func told(first: String? = nil, most: Int = .max) -> (
    found: [String], last: ScanProgress?, walked: Set<ResultID>?
  ) {
    var found: [String] = []
    var last: ScanProgress?
    var walked: Set<ResultID>?
    ResultWalk(
      paths: [place.folder], first: first.map(place.path), isWanted: { found.count < most }
    ) { action in
      switch action {
      case .found(let entries): found += entries.map(\.id.path)
      case .scanned(let progress): last = progress
      case .walked(let ids): walked = ids
      default: break
      }
    }.run()
    return (found.map { String($0.dropFirst(place.folder.count + 1)) }, last, walked)
  }

  @Test("all results are found in natural order, with a line for what cannot be read")
  func all() throws {
    for name in ["b10.csv", "b9.csv", "deep/c.csv"] { try write(name, csv) }
    try write("damaged.npy", "\u{93}NUMPY and no more")
    let told = told()
    #expect(told.found == ["b9.csv", "b10.csv", "deep/c.csv"])
    #expect(told.last?.isFinished == true)
    #expect(told.last?.filesRead == 4)
    #expect(told.last?.problems.count == 1)
    #expect(told.last?.problems.first?.contains("damaged.npy") == true)
    #expect(told.walked?.count == 3)
  }

  @Test("a file that is wanted first comes first, and once")
  func first() throws {
    for name in ["a.csv", "b.csv", "z.csv"] { try write(name, csv) }
    #expect(told(first: "z.csv").found == ["z.csv", "a.csv", "b.csv"])
    #expect(told(first: "missing.csv").found == ["a.csv", "b.csv", "z.csv"])
  }

  @Test("a walk that nobody waits for stops, and does not say that it is finished")
  func unwanted() throws {
    for number in 0..<20 { try write("\(number).csv", csv) }
    let told = told(most: 1)
    #expect(told.found.count == 1)
    #expect(told.walked == nil && told.last?.isFinished != true)
  }
}

@Suite struct ViewStoreTests {
  private let place: Place

  init() throws { place = try Place() }

  private func store(_ paths: [String]) throws -> ViewStore {
    try #require(ViewStore(paths: paths, environment: place.environment))
  }

  @Test("a view comes back for the same folder, however it is spelt, and for no other")
  func spelling() throws {
    let folder = place.path("results")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var view = SavedView()
    view.path = folder + "/a.pkl"
    try store([folder]).save(view)
    #expect(try store([folder]).load()?.path == folder + "/a.pkl")
    #expect(try store([folder + "/"]).load()?.path == folder + "/a.pkl")
    let link = place.path("link")
    symlink(folder, link)
    #expect(try store([link]).load()?.path == link + "/a.pkl")
    #expect(try store([place.folder]).load() == nil)
    #expect(try store([folder, link]).load() == nil)
  }

  @Test("what cannot be understood is no view, and what cannot be saved is no error")
  func damage() throws {
    var view = SavedView()
    view.path = place.path("a.pkl")
    try store([place.folder]).save(view)
    let state = try #require(place.environment["XDG_STATE_HOME"])
    let file = try #require(
      FileManager.default.contentsOfDirectory(atPath: state + "/cka/views").first)
    try Data("{\"version\": 1, \"row\": \"none\"}".utf8)
      .write(to: URL(filePath: "\(state)/cka/views/\(file)"))
    #expect(try store([place.folder]).load() == nil)
    let nowhere = try #require(
      ViewStore(paths: ["."], environment: ["XDG_STATE_HOME": "/proc/nowhere"]))
    nowhere.save(view)
    #expect(nowhere.load() == nil)
    #expect(ViewStore(paths: ["."], environment: [:]) == nil)
  }
}

/// `JobWatch` looks at the jobs of this user, whose folder is named by the environment of the whole
/// process; so what does not depend on it is tried here.
@Suite struct JobWatchTests {
  private func line(_ state: JobLine.State) -> JobLine {
    JobLine(id: "20261124-061530-4f2a", title: "a", state: state)
  }

  @Test("live jobs are looked at twice a second, others only on news")
  func pauses() {
    let watch = JobWatch()
    #expect(watch.descriptor >= 0)
    #expect(watch.pause(jobs: []) == -1)
    #expect(watch.pause(jobs: [line(.finished), line(.failed)]) == -1)
    let pause = watch.pause(jobs: [line(.finished), line(.running)])
    #expect((1...500).contains(pause))
    // The first look may find the folder of jobs, which then is news; the next one is not due.
    _ = watch.isLookDue(jobs: [line(.running)])
    #expect(!watch.isLookDue(jobs: [line(.finished)]))
    #expect(!watch.isLookDue(jobs: [line(.running)]))
    usleep(520_000)
    #expect(watch.isLookDue(jobs: [line(.running)]))
    #expect(!watch.isLookDue(jobs: [line(.running)]))
  }
}
