package io.mendel.campaign;

import io.mendel.results.Amendment;
import io.mendel.space.DocumentException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Values of a campaign that may change while it goes on: how long it runs, what an evaluation may use and how far
 * objectives may fall below a parent's, not what is searched. They are kept beside the frozen campaign file, so that the file that began the campaign still matches.
 *
 * @since 0.1
 */
public final class Amendments {

    private static final List<String> SECTIONS = List.of("budget", "limits");

    private static final Pattern FLOOR = Pattern.compile("objectives\\.[^.]+\\.floor(\\..*)?");

    private Amendments() {}

    /**
     * The changes as records, after a check that they may be made.
     *
     * @param spec the campaign as it began
     * @param before the changes made already
     * @param changes dotted key paths to values in YAML
     * @throws DocumentException if a key is fixed or unknown, or a value wrong
     */
    public static List<Amendment> of(CampaignSpec spec, List<Amendment> before,
            Map<String, String> changes) throws DocumentException {
        for (String key : changes.keySet()) {
            String section = key.replaceFirst("\\..*", "");
            if (!SECTIONS.contains(section) && !FLOOR.matcher(key).matches()) {
                throw new DocumentException("--set " + key, "",
                        "a campaign that has begun keeps its '" + section + "'.",
                        "Only budget, limits and objectives.NAME.floor may change; start another campaign, with --seeds-from this one.");
            }
        }
        var amendments = changes.entrySet()
                .stream()
                .map(change -> new Amendment(change.getKey(), change.getValue()))
                .toList();
        var all = new ArrayList<>(before);
        all.addAll(amendments);
        apply(spec, all);
        return amendments;
    }

    /** The campaign with the changes, which keeps the text it began with. */
    static CampaignSpec apply(CampaignSpec spec, List<Amendment> amendments)
            throws DocumentException {
        if (amendments.isEmpty()) {
            return spec;
        }
        var overrides = new LinkedHashMap<String, String>();
        amendments.forEach(change -> overrides.put(change.key(), change.value()));
        CampaignSpec amended = Campaigns.read(spec.text(), spec.folder().resolve("campaign.yaml"),
                overrides);
        return new CampaignSpec(spec.name(), spec.models(), spec.space(), spec.tasks(),
                amended.objectives(), spec.main(), spec.evaluation(), spec.search(),
                amended.budget(), amended.limits(), spec.seeds(), spec.folder(), spec.text());
    }
}
