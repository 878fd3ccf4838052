import Foundation
import TestSupport
import Testing

/// Files that change, are many, or are none at all.
@Suite(.serialized) struct FileSessionTests {
  private let place: Place

  init() throws { place = try Place() }

  private static let before = "real/teacher10_vs_student_kd.pkl"
  private static let after = "real/resnet18_vs_resnet34_full.pkl"

  private func open(_ line: String = "cka runs", width: Int = 100) throws -> ExplorerSession {
    try ExplorerSession(line, width: width, height: 30, in: place)
  }

  @Test func aReplacedFileIsReadWhenAskedFor() throws {
    try place.copy(sample: Self.before, as: "runs/a.pkl")
    try place.copy(sample: Self.after, as: "new.pkl")
    let session = try open()
    try session.waitForPicture(of: "Teacher-10")
    #expect(rename(place.path("new.pkl"), place.path("runs/a.pkl")) == 0)
    let told = try session.wait { $0.contains("a.pkl has changed; R reads it again") }
    #expect(told.hasReadout && told.contains("Teacher-10"))
    try session.terminal.send("R")
    try session.waitForPicture(of: "↑ ResNet18")
    try session.leave()
  }

  @Test func theFirstReplacementIsNotMissed() throws {
    // Named without a folder, and overwritten in place.
    try place.copy(sample: Self.before, as: "a.pkl")
    let session = try open("cka a.pkl")
    try session.waitForPicture(of: "Teacher-10")
    try Data(contentsOf: URL(filePath: Fixture.sample(Self.after))).write(
      to: URL(filePath: place.path("a.pkl")))
    try session.wait { $0.contains("a.pkl has changed; R reads it again") }
    try session.terminal.send("R")
    try session.waitForPicture(of: "↑ ResNet18")
    try session.leave()
  }

  @Test func aDeletedOrTruncatedFileLeavesItsPicture() throws {
    try place.copy(sample: Self.before, as: "runs/a.pkl")
    let session = try open()
    try session.waitForPicture(of: "Teacher-10")
    #expect(truncate(place.path("runs/a.pkl"), 100) == 0)
    try session.wait { $0.contains("has changed") && $0.hasReadout }
    try session.terminal.send("R")
    try session.wait { $0.contains("runs/a.pkl: ") && $0.hasReadout }
    #expect(unlink(place.path("runs/a.pkl")) == 0)
    let told = try session.wait { $0.contains("was deleted; the picture is from before") }
    #expect(told.hasReadout && told.contains("↑ Teacher-10"))
    try session.leave()
  }

  @Test func aLargeFolderShowsItsFirstPictureWhileItIsRead() throws {
    for number in 1...300 {
      try place.copy(sample: Self.after, as: "runs/run\(number).pkl")
    }
    let session = try open()
    let first = try session.waitForPicture(of: "ResNet18")
    #expect(first.contains("reading "), "everything was read before anything was shown")
    try session.wait { $0.contains("1/300") }
    try session.leave()
  }

  @Test func theLastViewComesBack() throws {
    try place.copySampleData()
    let session = try open("cka SampleData")
    try session.waitForPicture(of: "1/24")
    for key in ["j", "2", "l", "l", "k", "c"] { try session.terminal.send(key) }
    let left = try session.wait { $0.contains("2/24") && $0.hasReadout && $0.contains("layers in") }
    try session.leave()
    try session.start("cka SampleData")
    let back = try session.waitForPicture(of: "2/24")
    #expect(back.readout == left.readout)
    try session.leave()
    for line in ["cka ./SampleData/", "cd SampleData; cka .; cd .."] {
      try session.start(line)
      #expect(try session.waitForPicture(of: "2/24").readout == left.readout, "\(line)")
      try session.leave()
    }
    try session.start("cka --no-restore SampleData")
    try session.waitForPicture(of: "1/24")
    try session.leave()
  }

  @Test func settingsThatMeanNothingAreReported() throws {
    try place.configure("colour: red\n")
    try place.copy(sample: Self.before, as: "runs/a.pkl")
    let session = try open(width: 200)
    try session.wait { $0.contains("unknown setting 'colour'") && $0.hasReadout }
    try session.leave()
  }

  @Test func severalMistakesInTheSettingsAreCounted() throws {
    try place.configure("colour: red\nrange: big\nmouse: yes\n")
    try place.copy(sample: Self.before, as: "runs/a.pkl")
    let session = try open(width: 200)
    try session.wait { $0.contains("2 problems in ") && $0.contains("cka doctor") }
    #expect(try session.terminal.state().hasMouse)
    try session.leave()
  }

  @Test func anExportIsFinishedBeforeLeaving() throws {
    try place.copy(sample: Self.before, as: "runs/a.pkl")
    let session = try open("cka --keys 'e q' runs; echo status $?")
    try session.terminal.wait { $0.contains("status 0") }
    #expect(place.names.contains { $0.hasPrefix("a-layers") })
    try place.configure("export-folder: nowhere\n")
    try session.start("cka --keys 'e q' runs; echo status $?")
    let shown = try session.terminal.wait { $0.contains("status 1") }
    #expect(shown.contains("cka: "))
  }

  @Test func anExportIsOfThePictureThatIsShown() throws {
    try place.copy(sample: Self.before, as: "runs/a.pkl")
    let session = try open()
    try session.waitForPicture(of: "Teacher-10")
    #expect(unlink(place.path("runs/a.pkl")) == 0)
    try session.wait { $0.contains("was deleted") }
    try session.terminal.send("e")
    try session.wait { $0.contains("wrote a-layers") }
    try session.leave()
  }

  @Test func keysArePressedThoughThereIsNothing() throws {
    try FileManager.default.createDirectory(
      atPath: place.path("runs"), withIntermediateDirectories: false)
    let session = try open("cka --keys 'q' runs; echo status $?")
    try session.terminal.wait { $0.contains("status 0") }
  }

  @Test func hostileFilesAreListedAndShownHarmlessly() throws {
    try FileManager.default.createSymbolicLink(
      atPath: place.path("runs"), withDestinationPath: Fixture.hostile(""))
    let session = try open("cka runs 2> errors")
    try session.waitForPicture()
    for turn in 0..<25 {
      let shown = try session.press("j", turn: turn)
      #expect(shown.hasFrame && shown.steeringCharacters.isEmpty)
    }
    try session.terminal.send("w")
    let problems = try session.wait { $0.contains("Files that could not be read") }
    #expect(problems.contains("bomb_frame_len.pkl: "))
    try session.terminal.send("C-g")
    try session.leave()
    #expect(try place.bytes("errors").isEmpty)
    #expect(place.names == ["errors", "runs"])
  }

  @Test func whatCannotBeOpenedIsSaid() throws {
    #expect(mkfifo(place.path("pipe.pkl"), 0o600) == 0)
    let session = try open("cka nowhere; echo status $?")
    let shown = try session.terminal.wait { $0.contains("status 1") }
    #expect(shown.contains("cka: nowhere: no such file, folder or command"))
    for path in ["pipe.pkl", "/dev/zero"] {
      try session.start("cka \(path)")
      try session.wait { $0.contains("\(path): this is a pipe, socket or device") }
      try session.leave()
    }
  }

  @Test func aLoopOfLinksIsWalkedOnce() throws {
    try place.copy(sample: Self.before, as: "runs/a.pkl")
    try FileManager.default.createSymbolicLink(
      atPath: place.path("runs/again"), withDestinationPath: "..")
    let session = try open()
    try session.waitForPicture(of: "1/1")
    try session.leave()
  }
}
