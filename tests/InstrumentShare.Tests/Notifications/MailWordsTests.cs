using System.Text.RegularExpressions;
using InstrumentShare.Tests.Architecture;
using InstrumentShare.Web;

namespace InstrumentShare.Tests.Notifications;

public sealed partial class MailWordsTests
{
    [Fact]
    public void Every_kind_of_mail_that_the_program_writes_has_its_words()
    {
        var words = new WordCatalog();
        var missing = Source.Files("*.cs").SelectMany(f => Written().Matches(f.Text).Select(m => (f.Path, Kind: m.Groups[1].Value)))
            .Where(u => !words.Has($"mail.{u.Kind}.subject") || !words.Has($"mail.{u.Kind}.body")).Select(u => $"{u.Path}: mail.{u.Kind}");
        missing.ShouldBeEmpty();
    }

    [GeneratedRegex(@"(?:AddMail\(|Add\(person, )\s*""([a-z][\w.-]*)""")]
    private static partial Regex Written();
}
