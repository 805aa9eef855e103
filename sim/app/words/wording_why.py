"""Wordings of the spreading, and of why a person adopted."""

from __future__ import annotations

from collections.abc import Mapping

# fmt: off
WHY: Mapping[str, tuple[str, str]] = {
    "glance.title": ("A first look", "Un primer vistazo"), "glance.on": ("Look after each edit", "Mirar tras cada cambio"), "glance.off": ("Switch it off", "Desactivarlo"),
    "glance.about": ("{n} worlds; run the plan for its figures, intervals and objectives.", "{n} mundos; simule el plan para ver cifras, intervalos y objetivos."),
    "glance.taken": ("A run is under way; the first look comes back after it.", "Hay una simulación en marcha; el vistazo vuelve después."),
    "run.view_numbers": ("Results", "Resultados"), "run.view_spread": ("Spreading and why", "Difusión y porqué"),
    "spread.title": ("How it spreads in one world", "Cómo se difunde en un mundo"),
    "spread.about": (
        "One world of this plan, lived again day by day. {n} people of the network are drawn, the figures are of the whole market. Click a person to see why.",
        "Un mundo de este plan, vivido de nuevo día a día. Se dibujan {n} personas de la red; las cifras son de todo el mercado. Pulse en una persona para ver el porqué."),
    "spread.no_network": ("This plan has no network to draw; the adopters of the world are listed below.", "Este plan no tiene red que dibujar; los adoptantes del mundo están abajo."),
    "spread.world": ("World", "Mundo"), "spread.layer": ("Network", "Red"), "spread.others": ("Draw others", "Dibujar otras"),
    "spread.living": ("The world is being lived …", "El mundo se está viviendo …"),
    "spread.play": ("Play", "Reproducir"), "spread.pause": ("Pause", "Pausa"), "spread.day": ("Day", "Día"), "spread.start": ("Start", "Inicio"),
    "spread.shared": ("has passed it on", "la ha compartido"),
    "state.unaware": ("unaware", "no la conoce"), "state.met": ("met it", "la ha visto"), "state.aware": ("aware", "la conoce"),
    "state.considering": ("considering", "la considera"), "state.adopter": ("adopted", "adoptó"),
    "why.adopters": ("Who adopted in this world", "Quién adoptó en este mundo"), "why.adopters_count": ("{n} simulated persons", "{n} personas simuladas"),
    "why.first_of": ("the first {n} are listed", "se muestran los primeros {n}"), "why.nobody": ("Nobody adopted in this world.", "Nadie adoptó en este mundo."),
    "why.by": ("By", "Por"), "why.day": ("Day", "Día"), "why.person": ("Person", "Persona"), "why.event": ("What happened", "Qué pasó"),
    "why.what": ("What, through whom", "Qué, a través de quién"), "why.unattended": ("unattended", "sin atender"),
    "why.title": ("Why: {name}", "Por qué: {name}"), "why.choose": ("Choose a person in the drawing or in the list.", "Elija una persona en el dibujo o en la lista."),
    "why.adopted": ("Adopted on day {day}, by {by}.", "Adoptó el día {day}, por {by}."), "why.adopter_at_start": ("An adopter from the start.", "Adoptante desde el principio."),
    "why.not_adopted": ("Has not adopted by the last day: {state}.", "No ha adoptado al último día: {state}."),
    "why.met": ("Met the campaign {n} times ({kinds}), attended {attended}.", "Vio la campaña {n} veces ({kinds}), atendió {attended}."),
    "why.met_never": ("Never met the campaign.", "Nunca vio la campaña."), "why.heard": ("Heard adopters talk {n} times.", "Oyó hablar a adoptantes {n} veces."),
    "why.well": ("said well", "habló bien"), "why.ill": ("said ill", "habló mal"),
    "event.start": ("stands at the start", "estado inicial"), "event.met": ("met", "vio"), "event.heard": ("heard an adopter", "oyó a un adoptante"),
    "event.forgot": ("forgot", "olvidó"), "event.aware": ("became aware", "la conoció"), "event.considering": ("considers it", "la considera"),
    "event.doubting": ("no longer considers it", "ya no la considera"), "event.shared": ("passed it on", "la compartió"),
    "event.posted": ("posted as a partner", "publicó como aliado"), "event.adopted": ("adopted", "adoptó"),
    "kind.paid": ("paid", "pagado"), "kind.owned": ("owned", "propio"), "kind.partner": ("partner", "aliado"),
    "kind.hidden partner": ("hidden partner", "aliado encubierto"), "kind.peer": ("peer", "par"), "kind.talk": ("talk", "conversación"),
    "kind.own conviction": ("own conviction", "convicción propia"), "kind.others": ("others", "otros"),
}
